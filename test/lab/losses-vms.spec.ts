import { addDropIn, removeDropIn } from './drop-in.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { answerOf, Losses, type Answer } from './losses.js';
import { machineNames, programUnit, type MachineName } from './plan.js';
import { sharedLab } from './shared-lab.js';

const agents = machineNames.filter((name) => name !== 'admin-vm');
const unitOf = (vm: MachineName): string => `microvm@${vm}.service`;
const rowsOf: Readonly<Partial<Record<MachineName, readonly string[]>>> = {
  'net-vm': [
    ...['broken.service', 'dbus-proxy-lab.service', 'dbus-proxy-nobody.service', 'fragile.service'],
    ...['givc-net-vm.service', 'once.service', 'slow.service', 'web.service'],
  ],
  'gui-vm': ['compositor.service', 'givc-gui-vm.service', 'web.service'],
  'chrome-vm': ['dbus-proxy-session.service', 'givc-chrome-vm.service'],
};

let lab: Lab;
let host: LabMachine;
let admin: LabMachine;
let losses: Losses;

beforeAll(async () => {
  lab = await sharedLab();
  host = lab.machine('host');
  admin = lab.machine('admin-vm');
});
beforeEach(async () => {
  await lab.mend();
  losses = await Losses.open(lab);
});
afterEach(() => losses.close());

const log = () => admin.journal('givc-admin.service');
/** How often the admin has logged this, by all of its runs since its machine booted. */
const logged = async (text: string): Promise<number> => (await log()).split(text).length - 1;
const listed = (vm: MachineName): string[] =>
  losses.watch.rows
    .filter((row) => row.startsWith(`${vm} `) && !row.includes('microvm@'))
    .map((row) => row.split(' ')[1]!);
/** Resolves once nothing of a VM is listed but its unit, which is off. */
const isDown = (vm: MachineName): Promise<true> =>
  losses.watch.until(
    `${vm} is down`,
    () => losses.watch.status(vm, unitOf(vm)) === 'PoweredOff' && listed(vm).length === 0,
  );
const isUp = (vm: MachineName): Promise<true> =>
  losses.watch.until(
    `${vm} is up`,
    () => losses.watch.status(vm, programUnit(vm)) === 'Running' && listed(vm).join() === rowsOf[vm]!.join(),
  );
/** Without a word to anybody: its cable goes first, so that no connection of it is closed. */
const killSilently = async (vm: MachineName): Promise<void> => {
  await lab.machine(vm).disconnect();
  process.kill(lab.machine(vm).leader(), 'SIGKILL');
};
const systemdState = async (vm: MachineName): Promise<string> =>
  (await host.systemctl('is-active', unitOf(vm))).stdout.trim();

/** What the agent of chrome-vm starts once it runs itself. */
const proxy = 'dbus-proxy-session.service';
const proxyRuns = (): Promise<unknown> =>
  losses.watch.until('its proxy runs', () => losses.watch.status('chrome-vm', proxy) === 'Running');

describe('a VM that is killed', () => {
  it('is told: all of it leaves the registry but its unit, and callers are told that it is off', async () => {
    const { registryId: clock } = await losses.admin.startApplication({
      AppName: 'clock',
      VmName: 'chrome-vm',
      Args: [],
    });
    await losses.watch.until('it runs', () => losses.watch.status('chrome-vm', clock) === 'Running');
    await proxyRuns();
    const since = losses.told;
    await killSilently('chrome-vm');
    await losses.watch.becomes('chrome-vm', unitOf('chrome-vm'), 'PoweredOff', since);
    await isDown('chrome-vm');
    expect(losses.toldOf('chrome-vm', since).sort()).toEqual(
      [
        `${unitOf('chrome-vm')} PoweredOff`,
        ...[`${clock} removed`, `${proxy} removed`, 'givc-chrome-vm.service removed'],
      ].sort(),
    );
    expect(await losses.ask('chrome-vm')).toMatchObject({
      status: 'UNAVAILABLE',
      message: expect.stringContaining('"chrome-vm" has no agent'),
    });
    const paused = answerOf(losses.admin.pauseApplication({ AppName: clock, Args: [] }));
    expect(await paused).toMatchObject({ status: 'NOT_FOUND' });
    await losses.admin.startVm({ VmName: 'chrome-vm' });
    await proxyRuns();
    expect(losses.toldBeside(['chrome-vm'], since)).toEqual([]);
  });

  it('and is one of the system is started again, and who called it is told before that it is gone', async () => {
    const [since, started] = [losses.told, Date.now()];
    const [netVm, slow] = [lab.machine('net-vm'), 'slow.service'];
    await addDropIn(netVm, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
    const start = answerOf(losses.admin.startService({ VmName: 'net-vm', ServiceName: slow }));
    const toldWhenAnswered = start.then(() => losses.toldOf('net-vm', since));
    await netVm.logged(slow, `Starting ${slow}`, { since: started });
    await killSilently('net-vm');
    await losses.watch.becomes('net-vm', unitOf('net-vm'), 'Running', since);
    expect(await start).toMatchObject({ status: 'UNAVAILABLE' });
    await isUp('net-vm');
    expect(await toldWhenAnswered).not.toContain(`${programUnit('net-vm')} Running`);
    expect(losses.toldBeside(['net-vm'], since)).toEqual([]);
  });

  it('is started again after 1, 2, 4 ... s as long as it does not come up, and does when the cause is gone', async () => {
    const pauses = ['0', '1000', '2000'].map((ms) => `VM crashed, starting it again vm=gui-vm afterMs=${ms}`);
    const since = losses.told;
    await admin.systemctl('restart', 'givc-admin.service');
    losses.close();
    await lab.registered(agents);
    losses = await Losses.open(lab);
    const before = await Promise.all(pauses.map(logged));
    await addDropIn(host, unitOf('gui-vm'), 'ExecStart=', 'ExecStart=/bin/false');
    try {
      await lab.machine('gui-vm').crash();
      await admin.logged('givc-admin.service', pauses[2]!, { lines: before[2]! + 1 });
    } finally {
      await removeDropIn(host, unitOf('gui-vm'));
    }
    await isUp('gui-vm');
    const after = await Promise.all(pauses.map(logged));
    expect(after.map((count, index) => count - before[index]!)).toEqual([1, 1, 1]);
    expect(losses.toldBeside(['gui-vm'], since)).toEqual([]);
  });
});

describe('a VM of the system that is switched off', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['by systemctl on the host', () => host.systemctl('stop', unitOf('gui-vm'))],
    ['by StopService', () => losses.admin.stopService({ VmName: 'host', ServiceName: unitOf('gui-vm') })],
    ['by itself', () => lab.machine('gui-vm').run(['systemctl', 'poweroff'])],
    [
      'by systemctl, and does not end as it should,',
      async () => {
        // The process of the VM does not know this signal and dies of it.
        await addDropIn(host, unitOf('gui-vm'), 'KillSignal=SIGUSR2');
        await host.systemctl('stop', unitOf('gui-vm'));
        await removeDropIn(host, unitOf('gui-vm'));
        expect(await systemdState('gui-vm')).toBe('failed');
      },
    ],
  ])('%s is taken out of the registry but for its unit, and stays off', async (_, switchOff) => {
    const since = losses.told;
    const restarts = await logged('starting it again');
    await switchOff();
    await isDown('gui-vm');
    expect(await losses.ask('gui-vm')).toMatchObject({ status: 'UNAVAILABLE' });
    // What the admin would do at once it would have done by now.
    await host.systemctl('daemon-reload');
    expect(await logged('starting it again')).toBe(restarts);
    expect(['inactive', 'failed']).toContain(await systemdState('gui-vm'));
    expect(losses.toldBeside(['gui-vm'], since)).toEqual([]);
  });
});

describe('a VM that several callers start', () => {
  it('is started once, also for those who stay when the first has hung up', async () => {
    await losses.admin.stopService({ VmName: 'host', ServiceName: unitOf('chrome-vm') });
    await isDown('chrome-vm');
    const starts = await logged('starting VM vm=chrome-vm');
    const since = losses.told;
    const leaving = new AbortController();
    const left = answerOf(losses.admin.startVm({ VmName: 'chrome-vm' }, { signal: leaving.signal }));
    const calls = [
      losses.admin.startVm({ VmName: 'chrome-vm' }),
      losses.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] }),
    ];
    await losses.watch.becomes('chrome-vm', unitOf('chrome-vm'), 'Running', since);
    leaving.abort();
    expect(await left).toMatchObject({ status: 'CANCELLED' });
    const [vm, clock] = await Promise.all(calls);
    expect(vm).toEqual({ registryId: 'givc-chrome-vm.service' });
    await losses.watch.until('it runs', () => losses.watch.status('chrome-vm', clock!.registryId) === 'Running');
    expect(await logged('starting VM vm=chrome-vm')).toBe(starts + 1);
    await losses.admin.stopApplication({ AppName: clock!.registryId, Args: [] });
  });
});

/** Starts chrome-vm twice at once, whose VM runs this command instead, and returns what both callers are told. */
async function startsOf(command: string): Promise<readonly Answer[]> {
  await losses.admin.stopService({ VmName: 'host', ServiceName: unitOf('chrome-vm') });
  await isDown('chrome-vm');
  await addDropIn(host, unitOf('chrome-vm'), 'ExecStart=', `ExecStart=${command}`);
  const since = losses.told;
  try {
    const answers = await Promise.all([
      answerOf(losses.admin.startVm({ VmName: 'chrome-vm' })),
      answerOf(losses.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] })),
    ]);
    expect(losses.toldBeside(['chrome-vm'], since)).toEqual([]);
    expect((await losses.ask('net-vm')).status).toBe('OK');
    return answers;
  } finally {
    await removeDropIn(host, unitOf('chrome-vm'));
    await host.systemctl('stop', unitOf('chrome-vm'));
  }
}

describe('a VM that does not boot', () => {
  it('because it fails is not waited for: callers are told so, and it can be started when the cause is gone', async () => {
    const told = {
      status: 'FAILED_PRECONDITION',
      message: expect.stringContaining('failed before its agent registered'),
    };
    expect(await startsOf('/bin/false')).toEqual([told, told]);
    await isDown('chrome-vm');
    expect(await losses.admin.startVm({ VmName: 'chrome-vm' })).toEqual({ registryId: 'givc-chrome-vm.service' });
  });
});

describe('where a boot may take 3 s, and crashes are left alone (GIVC_MONITORING=false), a VM', () => {
  beforeAll(async () => {
    await lab.mend();
    await addDropIn(admin, 'givc-admin.service', 'Environment=GIVC_BOOT_LIMIT=3 GIVC_MONITORING=false');
    await admin.systemctl('restart', 'givc-admin.service');
    await lab.registered(agents);
  });
  afterAll(async () => {
    await removeDropIn(admin, 'givc-admin.service');
    await admin.systemctl('restart', 'givc-admin.service');
    await lab.mend();
  });

  it('that hangs as it boots is not waited for longer, and callers are told what was missing', async () => {
    const told = {
      status: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('givc-chrome-vm.service has not registered within 3 s'),
    };
    expect(await startsOf('sleep infinity')).toEqual([told, told]);
  });

  it('of the system that crashes stays down', async () => {
    const restarts = await logged('starting it again');
    await lab.machine('gui-vm').crash();
    await isDown('gui-vm');
    expect(await systemdState('gui-vm')).toBe('failed');
    expect(await logged('starting it again')).toBe(restarts);
  });
});
