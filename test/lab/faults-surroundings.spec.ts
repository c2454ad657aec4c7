// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { injectAllFaults } from './all-faults.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { Observer } from './observer.js';
import { machineNames } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');
const web = 'web.service';

describe('a fault', () => {
  let lab: Lab;
  let netVm: LabMachine;
  let admin: LabMachine;
  let observer: Observer;

  beforeAll(async () => {
    lab = await sharedLab();
    netVm = lab.machine('net-vm');
    admin = lab.machine('admin-vm');
  });
  beforeEach(async () => {
    await lab.mend();
    observer = await Observer.open(lab);
  });
  afterEach(() => observer.close());

  const webIs = (status: string, since: number) => observer.watch.becomes('net-vm', web, status, since);

  it.each([
    ['systemd executes itself again', ['systemctl', 'daemon-reexec']],
    ['the bus is restarted', ['systemctl', 'restart', 'dbus.service']],
    ['the bus is killed', ['sh', '-c', 'systemctl kill --signal=KILL dbus.service; systemctl start dbus.service']],
  ])('costs at most open calls, and loses no change of a unit, when %s', async (_, command) => {
    const since = observer.changeCount;
    const again = output(netVm.enter(command));
    const meanwhile = await observer.ask('net-vm', web);
    expect(meanwhile.status).toMatch(/OK|UNAVAILABLE/);
    await again;
    await netVm.systemctl('stop', web);
    await webIs('PoweredOff', since);
    await observer.admin.startService({ VmName: 'net-vm', ServiceName: web });
    await webIs('Running', since);
    expect(observer.changesOf('net-vm', since)).toEqual([`${web} PoweredOff`, `${web} Running`]);
    expect(observer.changesOfOthers(['net-vm'], since)).toEqual([]);
  });

  it('is logged once when it is a full disk for the state of the admin, and the state is kept again when there is room', async () => {
    const state = '/var/lib/givc';
    const logged = async (text: string): Promise<number> =>
      (await admin.journal('givc-admin.service')).split(text).length - 1;
    const [failure, recovery] = ['the registry cannot be stored', 'the registry is stored again'];
    const before = [await logged(failure), await logged(recovery)];
    await observer.persisted('net-vm', web);
    await output(admin.enter(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state]));
    try {
      await output(admin.enter(['sh', '-c', `dd if=/dev/zero of=${state}/fill bs=1k 2> /dev/null || true`]));
      const since = observer.changeCount;
      const change = async (verb: 'start' | 'stop', status: string): Promise<void> => {
        const before = observer.changeCount;
        await netVm.systemctl(verb, web);
        await webIs(status, before);
      };
      await change('stop', 'PoweredOff');
      await admin.logged('givc-admin.service', failure, { lines: before[0]! + 1 });
      await change('start', 'Running');
      await change('stop', 'PoweredOff');
      expect((await observer.ask('net-vm', web)).status).toBe('OK');
      expect(observer.changesOfOthers(['net-vm'], since)).toEqual([]);
      await output(admin.enter(['rm', `${state}/fill`]));
      await admin.logged('givc-admin.service', recovery, { lines: before[1]! + 1 });
      expect(await logged(failure)).toBe(before[0]! + 1);
    } finally {
      await netVm.systemctl('start', web);
      // Lazily, because the admin may be writing at this moment.
      await output(admin.enter(['umount', '--lazy', state]));
    }
    expect(await logged(recovery)).toBe(before[1]! + 1);
  });

  it('leaves the registry as it was when it is everything at once and the last fault is undone', async () => {
    await observer.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
    await observer.watch.until('it runs', () => observer.watch.status('chrome-vm', 'clock@0.service') === 'Running');
    const rows = observer.watch.rows;
    const killed = await injectAllFaults(observer);
    observer.close();
    observer = await Observer.openAgain(lab);
    // Restored entries may look correct before the agents report.
    await observer.reporting(killed);
    await observer.watch.until('the registry is as before', () => observer.watch.rows.join() === rows.join());
    for (const vm of agents) expect((await observer.ask(vm)).status).toBe('OK');
    await observer.admin.stopApplication({ AppName: 'clock', Args: [] });
  });
});
