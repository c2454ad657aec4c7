import { addDropIn, removeDropIn } from './drop-in.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { answerOf, Losses, type Answer } from './losses.js';
import { machineNames, programUnit, type MachineName } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';
import { confirmed, suspend } from './suspend.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');
/** A silence of 1.5 s is a loss. */
const [heartbeatMs, silenceMs] = [600, 1_500];
const slow = 'slow.service';
const config = '/etc/givc/agent.json';

async function withHeartbeat(machine: LabMachine, ms: number | undefined): Promise<void> {
  const now = JSON.parse(await output(machine.enter(['cat', config]))) as { network: { admin: object } };
  now.network.admin = { ...now.network.admin, heartbeatMs: ms };
  await output(machine.enter(['sh', '-c', `printf %s "$1" > ${config}`, 'sh', JSON.stringify(now)]));
  await machine.systemctl('restart', machine.program);
}

describe('a suspend', () => {
  let lab: Lab;
  let losses: Losses;
  let netVm: LabMachine;
  let start: Promise<Answer>;
  let begun: number;

  beforeAll(async () => {
    lab = await sharedLab();
    netVm = lab.machine('net-vm');
    const since = Date.now();
    await Promise.all(agents.map((name) => withHeartbeat(lab.machine(name), heartbeatMs)));
    losses = await Losses.open(lab);
    await losses.reporting(since);
  });
  afterAll(async () => {
    losses?.close();
    await Promise.all(agents.map((name) => withHeartbeat(lab.machine(name), undefined)));
  });

  // A call that is open all the time: it waits for a unit that starts once a file is there.
  beforeEach(async () => {
    await lab.registered(agents);
    const wait = "ExecStartPre=/bin/sh -c 'until [ -e /run/go ]; do sleep 0.1; done'";
    await addDropIn(netVm, slow, 'TimeoutStartSec=infinity', 'ExecStartPre=', wait);
    begun = Date.now();
    start = answerOf(losses.admin.startService({ VmName: 'net-vm', ServiceName: slow }));
    await netVm.logged(slow, `Starting ${slow}`, { since: begun });
    await losses.watch.until('the start is told', () => losses.watch.status('net-vm', slow) !== undefined);
  });
  afterEach(async () => {
    await netVm.systemctl('stop', slow);
    await output(netVm.enter(['rm', '-f', '/run/go']));
    await removeDropIn(netVm, slow);
  });

  const letGo = () => output(netVm.enter(['touch', '/run/go']));
  const logged = async (name: MachineName) =>
    (await lab.machine(name).journalctl('--output=cat', `--since=@${begun / 1000}`)).split('\n');

  it('of all machines, twenty times in a row, loses no agent, is told nobody, and leaves open calls open', async () => {
    const since = losses.told;
    for (let time = 0; time < 20; time++) {
      await suspend(machineNames, 2.2 * silenceMs);
      await confirmed(losses.admin, performance.now());
    }
    expect(losses.watch.changes.slice(since)).toEqual([]);
    await letGo();
    expect(await start).toEqual({ status: 'OK', message: '' });
    for (const name of machineNames)
      expect((await logged(name)).filter((line) => /(agent|admin) lost/.test(line))).toEqual([]);
  });

  it('of the admin alone loses no agent, is told nobody, and leaves open calls open', async () => {
    const since = losses.told;
    await suspend(['admin-vm'], 2.5 * silenceMs);
    await confirmed(losses.admin, performance.now());
    expect(losses.watch.changes.slice(since)).toEqual([]);
    await letGo();
    expect(await start).toEqual({ status: 'OK', message: '' });
  });

  it('of one guest is told as what it looks like from outside, and leaves open calls open', async () => {
    const since = losses.told;
    await suspend(['net-vm'], 2.5 * silenceMs);
    await losses.watch.becomes('net-vm', programUnit('net-vm'), 'Running', since);
    expect(losses.toldOf('net-vm', since)).toEqual([
      `${programUnit('net-vm')} PoweredOff`,
      `${programUnit('net-vm')} Running`,
    ]);
    expect(losses.toldBeside(['net-vm'], since)).toEqual([]);
    await letGo();
    expect(await start).toEqual({ status: 'OK', message: '' });
  });

  it('does not hide an agent that hangs, and another right after it neither', async () => {
    const since = losses.told;
    const unit = programUnit('gui-vm');
    await lab.machine('gui-vm').signalProgram('STOP');
    try {
      for (let time = 0; time < 2; time++) await suspend(machineNames, 2.2 * silenceMs);
      await losses.watch.becomes('gui-vm', unit, 'PoweredOff', since);
    } finally {
      await lab.machine('gui-vm').signalProgram('CONT');
    }
    await losses.watch.becomes('gui-vm', unit, 'Running', since);
    expect(losses.toldOf('gui-vm', since)).toEqual([`${unit} PoweredOff`, `${unit} Running`]);
    expect(losses.toldBeside(['gui-vm'], since)).toEqual([]);
  });
});
