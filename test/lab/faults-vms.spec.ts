// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { addDropIn, removeDropIn } from './drop-in.js';
import { type Lab } from './lab.js';
import { type LabMachine } from './lab-machine.js';
import { answerOf, Observer, type Answer } from './observer.js';
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
let observer: Observer;

beforeAll(async () => {
  lab = await sharedLab();
  host = lab.machine('host');
  admin = lab.machine('admin-vm');
});
beforeEach(async () => {
  await lab.mend();
  observer = await Observer.open(lab);
});
afterEach(() => observer.close());

const log = () => admin.journal('givc-admin.service');
/** The number of times that the admin has logged this text since its machine booted. */
const logged = async (text: string): Promise<number> => (await log()).split(text).length - 1;
const listed = (vm: MachineName): string[] =>
  observer.watch.rows
    .filter((row) => row.startsWith(`${vm} `) && !row.includes('microvm@'))
    .map((row) => row.split(' ')[1]!);
/** Resolves once the registry has only the unit of a VM, as off. */
const isDown = (vm: MachineName): Promise<true> =>
  observer.watch.until(
    `${vm} is down`,
    () => observer.watch.status(vm, unitOf(vm)) === 'PoweredOff' && listed(vm).length === 0,
  );
const isUp = (vm: MachineName): Promise<true> =>
  observer.watch.until(
    `${vm} is up`,
    () => observer.watch.status(vm, programUnit(vm)) === 'Running' && listed(vm).join() === rowsOf[vm]!.join(),
  );
/** Kills a VM whose cable was unplugged before, so that none of its connections is closed. */
const killSilently = async (vm: MachineName): Promise<void> => {
  await lab.machine(vm).disconnect();
  process.kill(lab.machine(vm).leader(), 'SIGKILL');
};
const systemdState = async (vm: MachineName): Promise<string> =>
  (await host.systemctl('is-active', unitOf(vm))).stdout.trim();

/** The units that the agent of chrome-vm starts by itself. */
const proxy = 'dbus-proxy-session.service';
const proxyRuns = (): Promise<unknown> =>
  observer.watch.until('its proxy runs', () => observer.watch.status('chrome-vm', proxy) === 'Running');

describe('a VM that is killed', () => {
  it('leaves only its unit in the registry, and calls to it fail because it is off', async () => {
    const { registryId: clock } = await observer.admin.startApplication({
      AppName: 'clock',
      VmName: 'chrome-vm',
      Args: [],
    });
    await observer.watch.until('it runs', () => observer.watch.status('chrome-vm', clock) === 'Running');
    await proxyRuns();
    const since = observer.changeCount;
    await killSilently('chrome-vm');
    await observer.watch.becomes('chrome-vm', unitOf('chrome-vm'), 'PoweredOff', since);
    await isDown('chrome-vm');
    expect(observer.changesOf('chrome-vm', since).sort()).toEqual(
      [
        `${unitOf('chrome-vm')} PoweredOff`,
        ...[`${clock} removed`, `${proxy} removed`, 'givc-chrome-vm.service removed'],
      ].sort(),
    );
    expect(await observer.ask('chrome-vm')).toMatchObject({
      status: 'UNAVAILABLE',
      message: expect.stringContaining('"chrome-vm" has no agent'),
    });
    const paused = answerOf(observer.admin.pauseApplication({ AppName: clock, Args: [] }));
    expect(await paused).toMatchObject({ status: 'NOT_FOUND' });
    await observer.admin.startVm({ VmName: 'chrome-vm' });
    await proxyRuns();
    expect(observer.changesOfOthers(['chrome-vm'], since)).toEqual([]);
  });

  it('is started again if it is a system VM, and calls to it fail before that', async () => {
    const [since, started] = [observer.changeCount, Date.now()];
    const [netVm, slow] = [lab.machine('net-vm'), 'slow.service'];
    await addDropIn(netVm, slow, 'ExecStartPre=', 'ExecStartPre=/usr/bin/sleep infinity');
    const start = answerOf(observer.admin.startService({ VmName: 'net-vm', ServiceName: slow }));
    const changesWhenAnswered = start.then(() => observer.changesOf('net-vm', since));
    await netVm.logged(slow, `Starting ${slow}`, { since: started });
    await killSilently('net-vm');
    await observer.watch.becomes('net-vm', unitOf('net-vm'), 'Running', since);
    expect(await start).toMatchObject({ status: 'UNAVAILABLE' });
    await isUp('net-vm');
    expect(await changesWhenAnswered).not.toContain(`${programUnit('net-vm')} Running`);
    expect(observer.changesOfOthers(['net-vm'], since)).toEqual([]);
  });

  it('is started again after 1, 2, 4 ... s until it boots', async () => {
    const pauses = ['0', '1000', '2000'].map((ms) => `VM crashed, starting it again vm=gui-vm afterMs=${ms}`);
    const since = observer.changeCount;
    await admin.systemctl('restart', 'givc-admin.service');
    observer.close();
    await lab.registered(agents);
    observer = await Observer.open(lab);
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
    expect(observer.changesOfOthers(['gui-vm'], since)).toEqual([]);
  });
});

describe('a system VM that is switched off', () => {
  it.each<[string, () => Promise<unknown>]>([
    ['by systemctl on the host', () => host.systemctl('stop', unitOf('gui-vm'))],
    ['by StopService', () => observer.admin.stopService({ VmName: 'host', ServiceName: unitOf('gui-vm') })],
    ['by itself', () => lab.machine('gui-vm').run(['systemctl', 'poweroff'])],
    [
      'by systemctl, and it fails as it ends',
      async () => {
        // The process of the VM does not handle this signal and is killed by it.
        await addDropIn(host, unitOf('gui-vm'), 'KillSignal=SIGUSR2');
        await host.systemctl('stop', unitOf('gui-vm'));
        await removeDropIn(host, unitOf('gui-vm'));
        expect(await systemdState('gui-vm')).toBe('failed');
      },
    ],
  ])('leaves only its unit in the registry, and stays off, when that happens %s', async (_, switchOff) => {
    const since = observer.changeCount;
    const restarts = await logged('starting it again');
    await switchOff();
    await isDown('gui-vm');
    expect(await observer.ask('gui-vm')).toMatchObject({ status: 'UNAVAILABLE' });
    // By now the admin would have made a restart without backoff.
    await host.systemctl('daemon-reload');
    expect(await logged('starting it again')).toBe(restarts);
    expect(['inactive', 'failed']).toContain(await systemdState('gui-vm'));
    expect(observer.changesOfOthers(['gui-vm'], since)).toEqual([]);
  });
});

describe('a VM that several callers start', () => {
  it('is started once, and the other callers are answered when the first has hung up', async () => {
    await observer.admin.stopService({ VmName: 'host', ServiceName: unitOf('chrome-vm') });
    await isDown('chrome-vm');
    const starts = await logged('starting VM vm=chrome-vm');
    const since = observer.changeCount;
    const leaving = new AbortController();
    const left = answerOf(observer.admin.startVm({ VmName: 'chrome-vm' }, { signal: leaving.signal }));
    const calls = [
      observer.admin.startVm({ VmName: 'chrome-vm' }),
      observer.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] }),
    ];
    await observer.watch.becomes('chrome-vm', unitOf('chrome-vm'), 'Running', since);
    leaving.abort();
    expect(await left).toMatchObject({ status: 'CANCELLED' });
    const [vm, clock] = await Promise.all(calls);
    expect(vm).toEqual({ registryId: 'givc-chrome-vm.service' });
    await observer.watch.until('it runs', () => observer.watch.status('chrome-vm', clock!.registryId) === 'Running');
    expect(await logged('starting VM vm=chrome-vm')).toBe(starts + 1);
    await observer.admin.stopApplication({ AppName: clock!.registryId, Args: [] });
  });
});

/** Starts chrome-vm twice at once, with this command as the process of its VM, and returns both answers. */
async function startsOf(command: string): Promise<readonly Answer[]> {
  await observer.admin.stopService({ VmName: 'host', ServiceName: unitOf('chrome-vm') });
  await isDown('chrome-vm');
  await addDropIn(host, unitOf('chrome-vm'), 'ExecStart=', `ExecStart=${command}`);
  const since = observer.changeCount;
  try {
    const answers = await Promise.all([
      answerOf(observer.admin.startVm({ VmName: 'chrome-vm' })),
      answerOf(observer.admin.startApplication({ AppName: 'clock', VmName: 'chrome-vm', Args: [] })),
    ]);
    expect(observer.changesOfOthers(['chrome-vm'], since)).toEqual([]);
    expect((await observer.ask('net-vm')).status).toBe('OK');
    return answers;
  } finally {
    await removeDropIn(host, unitOf('chrome-vm'));
    await host.systemctl('stop', unitOf('chrome-vm'));
  }
}

describe('a VM that does not boot', () => {
  it('ends the calls that wait for it when it fails, and can be started when the fault is undone', async () => {
    const refusal = {
      status: 'FAILED_PRECONDITION',
      message: expect.stringContaining('failed before its agent registered'),
    };
    expect(await startsOf('/bin/false')).toEqual([refusal, refusal]);
    await isDown('chrome-vm');
    expect(await observer.admin.startVm({ VmName: 'chrome-vm' })).toEqual({ registryId: 'givc-chrome-vm.service' });
  });
});

describe('a VM with GIVC_BOOT_LIMIT=3 and GIVC_MONITORING=false', () => {
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

  it('fails the calls that wait for it when it hangs as it boots, with an error that names the missing registration', async () => {
    const refusal = {
      status: 'DEADLINE_EXCEEDED',
      message: expect.stringContaining('givc-chrome-vm.service has not registered within 3 s'),
    };
    expect(await startsOf('sleep infinity')).toEqual([refusal, refusal]);
  });

  it('stays down when it is a system VM and crashes', async () => {
    const restarts = await logged('starting it again');
    await lab.machine('gui-vm').crash();
    await isDown('gui-vm');
    expect(await systemdState('gui-vm')).toBe('failed');
    expect(await logged('starting it again')).toBe(restarts);
  });
});
