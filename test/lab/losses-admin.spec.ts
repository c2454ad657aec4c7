import { listeningSince, now } from '../bench/clock.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { answerOf, Losses, signalProgram } from './losses.js';
import { machineNames } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

jest.setTimeout(60_000);

const agents = machineNames.filter((name) => name !== 'admin-vm');
const web = 'web.service';
const clock = 'clock@0.service';

describe('the loss of the admin', () => {
  let lab: Lab;
  let admin: LabMachine;
  let losses: Losses;
  let rows: readonly string[];

  beforeAll(async () => {
    lab = await sharedLab();
    admin = lab.machine('admin-vm');
  });
  beforeEach(async () => {
    await lab.mend();
    losses = await Losses.open(lab);
    await losses.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
    await losses.watch.until('it runs', () => losses.watch.status('chrome-vm', clock) === 'Running');
    const isKept = `until grep -q ${clock} /var/lib/givc/registry.json; do sleep 0.05; done`;
    await output(admin.enter(['timeout', '10', 'sh', '-c', isKept]));
    rows = losses.watch.rows;
  });
  afterEach(async () => {
    await lab.registered(agents);
    await losses.admin.startService({ VmName: 'net-vm', ServiceName: web });
    await losses.admin.stopApplication({ AppName: 'clock', Args: [] });
    losses.close();
  });

  const processes = () =>
    Promise.all(
      agents.map(async (name) => {
        const machine = lab.machine(name);
        return (await machine.systemctl('show', '--property=MainPID', '--value', machine.program)).stdout;
      }),
    );
  const reopen = async (): Promise<void> => {
    losses.close();
    losses = await Losses.openAgain(lab);
  };
  const webIsOff = (): Promise<number> =>
    losses.watch.until('it is true again', () => losses.watch.status('net-vm', web) === 'PoweredOff' && now());
  const rowsWithoutWeb = (): string[] =>
    rows.map((row) => row.replace(`net-vm ${web} Running`, `net-vm ${web} PoweredOff`));

  it.each<[string, () => Promise<unknown>]>([
    ['that restarts', () => admin.systemctl('restart', 'givc-admin.service')],
    ['that is killed', () => Promise.resolve(signalProgram('admin-vm', 'SIGKILL'))],
  ])(
    '%s: callers hear of it at once, all is answered as soon as it listens, and is true again within 1 s',
    async (_, lose) => {
      const before = await processes();
      const underWay = answerOf(losses.admin.startService({ VmName: 'net-vm', ServiceName: 'slow.service' }));
      await losses.ask('net-vm');
      await lose();
      const newcomer = answerOf(losses.admin.queryList());
      // What happens while it is away, it learns.
      await lab.machine('net-vm').systemctl('stop', web);
      await lab.machine('net-vm').systemctl('stop', 'slow.service');
      expect((await underWay).status).toMatch(/OK|UNAVAILABLE|CANCELLED/);
      expect((await newcomer).ms).toBeLessThan(2_000);
      await reopen();
      expect(losses.watch.status('chrome-vm', clock)).toBe('Running');
      const whole = await Promise.all([webIsOff(), losses.heard('reporting')]);
      expect(Math.max(...whole) - (await listeningSince(admin))).toBeLessThan(1_000);
      expect(losses.watch.rows).toEqual(rowsWithoutWeb());
      // Nobody else was restarted, and instances are counted on.
      expect(await processes()).toEqual(before);
      const second = await losses.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
      expect(second).toEqual({ registryId: 'clock@1.service' });
    },
  );

  it('and of its machine, without a word to anybody: all is true within 1 s after it listens again', async () => {
    const before = await processes();
    await admin.disconnect();
    process.kill(admin.leader(), 'SIGKILL');
    const call = answerOf(losses.admin.queryList());
    const host = lab.machine('host');
    const isOff = 'while systemctl is-active -q microvm@admin-vm; do sleep 0.05; done';
    await output(host.enter(['timeout', '10', 'sh', '-c', isOff]));
    await lab.machine('net-vm').systemctl('stop', web);
    // Nobody looks after the machine of the admin but the host.
    await host.systemctl('start', 'microvm@admin-vm.service');
    await reopen();
    expect((await call).status).toMatch(/UNAVAILABLE|CANCELLED|DEADLINE_EXCEEDED/);
    expect((await call).ms).toBeLessThan(16_000);
    expect(losses.watch.status('chrome-vm', clock)).toBe('Running');
    const whole = await Promise.all([webIsOff(), losses.heard('asked', 'reporting')]);
    const reporting = await losses.heard('reporting');
    const listening = await listeningSince(admin);
    expect(Math.max(...whole) - listening).toBeLessThan(1_000);
    // Until then it was asked: an agent whose connection died without a word notices by its next heartbeat.
    expect(reporting - listening).toBeLessThan(3_000);
    expect(losses.watch.rows).toEqual(rowsWithoutWeb());
    expect(await processes()).toEqual(before);
  });
});
