import { loseAll } from './all-losses.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { Losses } from './losses.js';
import { machineNames } from './plan.js';
import { output } from './run.js';
import { sharedLab } from './shared-lab.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');
const web = 'web.service';

describe('what happens to', () => {
  let lab: Lab;
  let netVm: LabMachine;
  let admin: LabMachine;
  let losses: Losses;

  beforeAll(async () => {
    lab = await sharedLab();
    netVm = lab.machine('net-vm');
    admin = lab.machine('admin-vm');
  });
  beforeEach(async () => {
    await lab.mend();
    losses = await Losses.open(lab);
  });
  afterEach(() => losses.close());

  const webIs = (status: string, since: number) => losses.watch.becomes('net-vm', web, status, since);

  it.each([
    ['systemd, which is executed anew under its agent,', ['systemctl', 'daemon-reexec']],
    ['the bus, which is restarted under its agent,', ['systemctl', 'restart', 'dbus.service']],
    [
      'the bus, which is killed under its agent,',
      ['sh', '-c', 'systemctl kill --signal=KILL dbus.service; systemctl start dbus.service'],
    ],
  ])('%s is over, callers are told, and nothing is lost, also not what changes meanwhile', async (_, command) => {
    const since = losses.told;
    const again = output(netVm.enter(command));
    const meanwhile = await losses.ask('net-vm', web);
    expect(meanwhile.status).toMatch(/OK|UNAVAILABLE/);
    await again;
    await netVm.systemctl('stop', web);
    await webIs('PoweredOff', since);
    await losses.admin.startService({ VmName: 'net-vm', ServiceName: web });
    await webIs('Running', since);
    expect(losses.toldOf('net-vm', since)).toEqual([`${web} PoweredOff`, `${web} Running`]);
    expect(losses.toldBeside(['net-vm'], since)).toEqual([]);
  });

  it('the disk under the state of the admin, which is full, is said once; it goes on, and keeps again when there is room', async () => {
    const state = '/var/lib/givc';
    const said = async (text: string): Promise<number> =>
      (await admin.journal('givc-admin.service')).split(text).length - 1;
    const [complaint, relief] = ['the registry cannot be kept', 'the registry is kept again'];
    const before = [await said(complaint), await said(relief)];
    await losses.written('net-vm', web);
    await output(admin.enter(['mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', state]));
    try {
      await output(admin.enter(['sh', '-c', `dd if=/dev/zero of=${state}/fill bs=1k 2> /dev/null || true`]));
      const since = losses.told;
      const change = async (verb: 'start' | 'stop', status: string): Promise<void> => {
        const told = losses.told;
        await netVm.systemctl(verb, web);
        await webIs(status, told);
      };
      await change('stop', 'PoweredOff');
      await admin.logged('givc-admin.service', complaint, { lines: before[0]! + 1 });
      await change('start', 'Running');
      await change('stop', 'PoweredOff');
      expect((await losses.ask('net-vm', web)).status).toBe('OK');
      expect(losses.toldBeside(['net-vm'], since)).toEqual([]);
      await output(admin.enter(['rm', `${state}/fill`]));
      await admin.logged('givc-admin.service', relief, { lines: before[1]! + 1 });
      expect(await said(complaint)).toBe(before[0]! + 1);
    } finally {
      await netVm.systemctl('start', web);
      await output(admin.enter(['umount', state]));
    }
    expect(await said(relief)).toBe(before[1]! + 1);
  });

  it('everything at once is over when the last cause is gone', async () => {
    await losses.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] });
    await losses.watch.until('it runs', () => losses.watch.status('chrome-vm', 'clock@0.service') === 'Running');
    const rows = losses.watch.rows;
    const killed = await loseAll(losses);
    losses.close();
    losses = await Losses.openAgain(lab);
    // What the admin remembers may look right before it is.
    await losses.reporting(killed);
    await losses.watch.until('all is right again', () => losses.watch.rows.join() === rows.join());
    for (const vm of agents) expect((await losses.ask(vm)).status).toBe('OK');
    await losses.admin.stopApplication({ AppName: 'clock', Args: [] });
  });
});
