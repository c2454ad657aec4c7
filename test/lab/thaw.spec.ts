// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { addDropIn, removeDropIn } from './drop-in.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { answerOf, Observer, type Answer } from './observer.js';
import { machineNames, programUnit, type MachineName } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';
import { confirmed, suspend } from './suspend.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');
/** An agent is lost after a silence of 1.5 s. */
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
  let observer: Observer;
  let netVm: LabMachine;
  let start: Promise<Answer>;
  let begun: number;

  beforeAll(async () => {
    lab = await sharedLab();
    netVm = lab.machine('net-vm');
    const since = Date.now();
    await Promise.all(agents.map((name) => withHeartbeat(lab.machine(name), heartbeatMs)));
    observer = await Observer.open(lab);
    await observer.reporting(since);
  });
  afterAll(async () => {
    observer?.close();
    await Promise.all(agents.map((name) => withHeartbeat(lab.machine(name), undefined)));
  });

  // A call that stays open: it waits for a unit that starts once a file exists.
  beforeEach(async () => {
    await lab.registered(agents);
    const wait = "ExecStartPre=/bin/sh -c 'until [ -e /run/go ]; do sleep 0.1; done'";
    await addDropIn(netVm, slow, 'TimeoutStartSec=infinity', 'ExecStartPre=', wait);
    begun = Date.now();
    start = answerOf(observer.admin.startService({ VmName: 'net-vm', ServiceName: slow }));
    await netVm.logged(slow, `Starting ${slow}`, { since: begun });
    await observer.watch.until('the start is listed', () => observer.watch.status('net-vm', slow) !== undefined);
  });
  afterEach(async () => {
    await netVm.systemctl('stop', slow);
    await output(netVm.enter(['rm', '-f', '/run/go']));
    await removeDropIn(netVm, slow);
  });

  const letGo = () => output(netVm.enter(['touch', '/run/go']));
  const logged = async (name: MachineName) =>
    (await lab.machine(name).journalctl('--output=cat', `--since=@${begun / 1000}`)).split('\n');

  it('loses no agent, causes no event and leaves open calls open, twenty times in a row, when all machines are suspended', async () => {
    const since = observer.changeCount;
    for (let time = 0; time < 20; time++) {
      await suspend(machineNames, 2.2 * silenceMs);
      await confirmed(observer.admin, performance.now());
    }
    expect(observer.watch.changes.slice(since)).toEqual([]);
    await letGo();
    expect(await start).toEqual({ status: 'OK', message: '' });
    for (const name of machineNames)
      expect((await logged(name)).filter((line) => /(agent|admin) lost/.test(line))).toEqual([]);
  });

  it('loses no agent, causes no event and leaves open calls open when only the admin is suspended', async () => {
    const since = observer.changeCount;
    await suspend(['admin-vm'], 2.5 * silenceMs);
    await confirmed(observer.admin, performance.now());
    expect(observer.watch.changes.slice(since)).toEqual([]);
    await letGo();
    expect(await start).toEqual({ status: 'OK', message: '' });
  });

  it('shows the agent of one suspended guest as lost, and leaves open calls open', async () => {
    const since = observer.changeCount;
    await suspend(['net-vm'], 2.5 * silenceMs);
    await observer.watch.becomes('net-vm', programUnit('net-vm'), 'Running', since);
    expect(observer.changesOf('net-vm', since)).toEqual([
      `${programUnit('net-vm')} PoweredOff`,
      `${programUnit('net-vm')} Running`,
    ]);
    expect(observer.changesOfOthers(['net-vm'], since)).toEqual([]);
    await letGo();
    expect(await start).toEqual({ status: 'OK', message: '' });
  });

  it('does not hide an agent that hangs, even when another suspend follows at once', async () => {
    const since = observer.changeCount;
    const unit = programUnit('gui-vm');
    await lab.machine('gui-vm').signalProgram('STOP');
    try {
      for (let time = 0; time < 2; time++) await suspend(machineNames, 2.2 * silenceMs);
      await observer.watch.becomes('gui-vm', unit, 'PoweredOff', since);
    } finally {
      await lab.machine('gui-vm').signalProgram('CONT');
    }
    await observer.watch.becomes('gui-vm', unit, 'Running', since);
    expect(observer.changesOf('gui-vm', since)).toEqual([`${unit} PoweredOff`, `${unit} Running`]);
    expect(observer.changesOfOthers(['gui-vm'], since)).toEqual([]);
  });
});
