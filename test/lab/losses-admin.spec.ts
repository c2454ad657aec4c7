import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { answerOf, Losses, signalProgram } from './losses.js';
import { machineNames } from './plan.js';
import { sharedLab } from './shared-lab.js';

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
    await losses.written('chrome-vm', clock);
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
  const webIsOff = (): Promise<true> =>
    losses.watch.until('it is true again', () => losses.watch.status('net-vm', web) === 'PoweredOff');
  /** How the admin has each agent, in its own words. */
  const agentStates = async (): Promise<string[]> =>
    (await losses.admin.listMachines()).machines
      .filter(({ name }) => name !== 'admin-vm')
      .map(({ agent_state }) => agent_state);
  const rowsWithoutWeb = (): string[] =>
    rows.map((row) => row.replace(`net-vm ${web} Running`, `net-vm ${web} PoweredOff`));

  it.each<[string, () => Promise<unknown>]>([
    ['that restarts', () => admin.systemctl('restart', 'givc-admin.service')],
    ['that is killed', () => Promise.resolve(signalProgram('admin-vm', 'SIGKILL'))],
  ])(
    '%s: callers are told, and once it listens the registry is true again and every agent reports',
    async (_, lose) => {
      const [before, since] = [await processes(), Date.now()];
      const underWay = answerOf(losses.admin.startService({ VmName: 'net-vm', ServiceName: 'slow.service' }));
      await losses.ask('net-vm');
      await lose();
      const newcomer = answerOf(losses.admin.queryList());
      // What happens while it is away, it learns.
      await lab.machine('net-vm').systemctl('stop', web);
      await lab.machine('net-vm').systemctl('stop', 'slow.service');
      expect((await underWay).status).toMatch(/OK|UNAVAILABLE|CANCELLED/);
      expect((await newcomer).status).toMatch(/OK|UNAVAILABLE|CANCELLED/);
      await reopen();
      expect(losses.watch.status('chrome-vm', clock)).toBe('Running');
      await Promise.all([webIsOff(), losses.reporting(since)]);
      expect(await agentStates()).toEqual(agents.map(() => 'reporting'));
      expect(losses.watch.rows).toEqual(rowsWithoutWeb());
      // Nobody else was restarted, and instances are counted on.
      expect(await processes()).toEqual(before);
      const second = await losses.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
      expect(second).toEqual({ registryId: 'clock@1.service' });
    },
  );

  it('and of its machine, without a word to anybody: once it listens the registry is true again and every agent reports', async () => {
    const [before, since] = [await processes(), Date.now()];
    await admin.disconnect();
    process.kill(admin.leader(), 'SIGKILL');
    const call = answerOf(losses.admin.queryList());
    await lab.machine('net-vm').systemctl('stop', web);
    // Nobody looks after the machine of the admin but the host, whose systemd may not have noticed its end.
    await lab.machine('host').systemctl('restart', 'microvm@admin-vm.service');
    await reopen();
    expect((await call).status).toMatch(/UNAVAILABLE|CANCELLED|DEADLINE_EXCEEDED/);
    expect(losses.watch.status('chrome-vm', clock)).toBe('Running');
    await Promise.all([webIsOff(), losses.reporting(since)]);
    expect(await agentStates()).toEqual(agents.map(() => 'reporting'));
    expect(losses.watch.rows).toEqual(rowsWithoutWeb());
    expect(await processes()).toEqual(before);
  });
});
