// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { answerOf, Observer, signalProgram } from './observer.js';
import { machineNames } from './plan.js';
import { sharedLab } from './shared-lab.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');
const web = 'web.service';
const clock = 'clock@0.service';

describe('an admin', () => {
  let lab: Lab;
  let admin: LabMachine;
  let observer: Observer;
  let rows: readonly string[];

  beforeAll(async () => {
    lab = await sharedLab();
    admin = lab.machine('admin-vm');
  });
  beforeEach(async () => {
    await lab.mend();
    observer = await Observer.open(lab);
    await observer.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
    await observer.watch.until('it runs', () => observer.watch.status('chrome-vm', clock) === 'Running');
    await observer.persisted('chrome-vm', clock);
    rows = observer.watch.rows;
  });
  afterEach(async () => {
    await lab.registered(agents);
    await observer.admin.startService({ VmName: 'net-vm', ServiceName: web });
    await observer.admin.stopApplication({ AppName: 'clock', Args: [] });
    observer.close();
  });

  const processes = () =>
    Promise.all(
      agents.map(async (name) => {
        const machine = lab.machine(name);
        return (await machine.systemctl('show', '--property=MainPID', '--value', machine.program)).stdout;
      }),
    );
  const reopen = async (): Promise<void> => {
    observer.close();
    observer = await Observer.openAgain(lab);
  };
  const webIsOff = (): Promise<true> =>
    observer.watch.until('the registry is correct', () => observer.watch.status('net-vm', web) === 'PoweredOff');
  /** The state of each agent by `ListMachines`. */
  const agentStates = async (): Promise<string[]> =>
    (await observer.admin.listMachines()).machines
      .filter(({ name }) => name !== 'admin-vm')
      .map(({ agent_state }) => agent_state);
  const rowsWithoutWeb = (): string[] =>
    rows.map((row) => row.replace(`net-vm ${web} Running`, `net-vm ${web} PoweredOff`));
  /** Requires that the registry is correct and that every agent reports on a stream that it has opened since then. */
  const hasCorrectRegistry = async (since: number): Promise<void> => {
    expect(observer.watch.status('chrome-vm', clock)).toBe('Running');
    await Promise.all([webIsOff(), observer.reporting(since)]);
    expect(await agentStates()).toEqual(agents.map(() => 'reporting'));
    expect(observer.watch.rows).toEqual(rowsWithoutWeb());
  };

  it.each<[string, () => Promise<unknown>]>([
    ['restarts', () => admin.systemctl('restart', 'givc-admin.service')],
    ['is killed', () => Promise.resolve(signalProgram('admin-vm', 'SIGKILL'))],
  ])(
    'ends open calls when it %s, and once it listens the registry is correct and every agent reports',
    async (_, fault) => {
      const [before, since] = [await processes(), Date.now()];
      const underWay = answerOf(observer.admin.startService({ VmName: 'net-vm', ServiceName: 'slow.service' }));
      await observer.ask('net-vm');
      await fault();
      const meanwhile = answerOf(observer.admin.queryList());
      // The admin must learn of changes that are made while it does not run.
      await lab.machine('net-vm').systemctl('stop', web);
      await lab.machine('net-vm').systemctl('stop', 'slow.service');
      expect((await underWay).status).toMatch(/OK|UNAVAILABLE|CANCELLED/);
      expect((await meanwhile).status).toMatch(/OK|UNAVAILABLE|CANCELLED/);
      await reopen();
      await hasCorrectRegistry(since);
      // No other daemon was restarted, and the next instance gets the next number.
      expect(await processes()).toEqual(before);
      const second = await observer.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
      expect(second).toEqual({ registryId: 'clock@1.service' });
    },
  );

  it('has a correct registry, to which every agent reports, after its machine has vanished without closing a connection', async () => {
    const [before, since] = [await processes(), Date.now()];
    await admin.disconnect();
    process.kill(admin.leader(), 'SIGKILL');
    const call = answerOf(observer.admin.queryList());
    await lab.machine('net-vm').systemctl('stop', web);
    // Only the host starts the machine of the admin again, and its systemd may not have noticed the crash yet.
    await lab.machine('host').systemctl('restart', 'microvm@admin-vm.service');
    await reopen();
    expect((await call).status).toMatch(/UNAVAILABLE|CANCELLED|DEADLINE_EXCEEDED/);
    await hasCorrectRegistry(since);
    expect(await processes()).toEqual(before);
  });
});
