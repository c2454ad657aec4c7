// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, stoppedStatus } from '@givc/model';
import { FakeAgents } from '../agents/agents.fixture.js';
import type { AdminConfig } from '../admin.config.js';
import { UnitStates } from '../lifecycle/unit-states.js';
import { VmService } from '../lifecycle/vm.service.js';
import {
  agentEntry,
  agentRegistration,
  failedStatus,
  newRegistry,
  reporting,
  runningStatus,
  vmEntry,
  vmNamed,
} from '../registry/registry.fixture.js';
import type { UnitEntry } from '../registry/registry-entry.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { RecoveryService } from './recovery.service.js';

const minuteMs = 60_000;
const vm = vmNamed('net-vm');
const { unit } = vmEntry('net-vm');

describe('the recovery of VMs', () => {
  let store: RegistryStore;
  let vms: VmService;
  let recovery: RecoveryService;
  let agents: FakeAgents;
  let lines: string[];
  let starts: number[];

  const create = (settings: Partial<AdminConfig> = {}) => {
    const made = newRegistry({ services: [unit], monitoring: true, bootLimitMs: 30_000, ...settings });
    ({ store, lines } = made);
    starts = [];
    agents = new FakeAgents(() => {
      starts.push(performance.now());
      put(runningStatus(unit));
      made.register(agentRegistration('net-vm'), true);
      return Promise.resolve(runningStatus(unit));
    });
    const states = new UnitStates(made.calls, made.presence, agents.connections);
    const { lookup, calls, presence, config, log } = made;
    vms = new VmService(lookup, calls, store, presence, agents.connections, states, config, log);
    recovery = new RecoveryService(vms, made.log, made.config, store);
    store.put(agentEntry('host', { presence: reporting() }, 'Host'));
  };
  const put = (status: UnitEntry['status'], fields: Partial<UnitEntry> = {}) =>
    store.put(vmEntry('net-vm', { status, ...fields }));
  const crash = () => put(failedStatus(unit));
  const stop = () => put(stoppedStatus(unit));
  const crashAfterStop = () => {
    vms.setDesiredState(vm, 'down');
    crash();
  };
  const run = () => put(runningStatus(unit));
  const after = (ms: number) => jest.advanceTimersByTimeAsync(ms);
  /** Makes the host reject each start, after another event. */
  const rejectStarts = (meanwhile: () => void = () => undefined) => {
    agents.answer = () => {
      starts.push(performance.now());
      meanwhile();
      return Promise.reject(new GivcError('UNAVAILABLE', 'the host is busy'));
    };
  };
  /** The time from the crash to the next start of the VM, at most two minutes. */
  const pauseAfterCrash = async (): Promise<number | undefined> => {
    const [crashed, before] = [performance.now(), starts.length];
    crash();
    for (let ms = 0; ms <= 2 * minuteMs && starts.length === before; ms += 250) await after(ms === 0 ? 0 : 250);
    return starts.length === before ? undefined : starts.at(-1)! - crashed;
  };

  beforeEach(() => {
    jest.useFakeTimers({ now: 0 });
    create();
  });
  afterEach(() => {
    recovery.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('starts a VM that crashed at once, then after 1, 2, 4, 8, 16, 32 and 60 s, and never later', async () => {
    run();
    const pauses: (number | undefined)[] = [];
    for (let crashes = 0; crashes < 10; crashes++) pauses.push(await pauseAfterCrash());
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  it('resets the backoff of a VM that has run for ten minutes', async () => {
    run();
    for (let crashes = 0; crashes < 5; crashes++) await pauseAfterCrash();
    await after(10 * minuteMs);
    expect(await pauseAfterCrash()).toBe(0);
    expect(await pauseAfterCrash()).toBe(1_000);
    expect(await pauseAfterCrash()).toBe(2_000);
  });

  it('continues its backoff when the VM has run for a moment less than ten minutes', async () => {
    run();
    for (let crashes = 0; crashes < 3; crashes++) await pauseAfterCrash();
    await after(10 * minuteMs - 1);
    expect(await pauseAfterCrash()).toBe(4_000);
  });

  it('counts the ten minutes from the start, however often the state is reported in between', async () => {
    run();
    for (let crashes = 0; crashes < 3; crashes++) await pauseAfterCrash();
    for (let minutes = 0; minutes < 10; minutes++) {
      await after(minuteMs);
      run();
    }
    expect(await pauseAfterCrash()).toBe(0);
  });

  it('restarts the ten minutes when the VM was stopped in between', async () => {
    run();
    for (let crashes = 0; crashes < 3; crashes++) await pauseAfterCrash();
    await after(6 * minuteMs);
    stop();
    run();
    await after(6 * minuteMs);
    expect(await pauseAfterCrash()).toBe(4_000);
  });

  it('makes one start at an unchanged time, however often the crash is reported', async () => {
    run();
    for (let crashes = 0; crashes < 3; crashes++) await pauseAfterCrash();
    const before = starts.length;
    crash();
    await after(2_000);
    crash();
    await after(2_000);
    expect(starts.slice(before)).toHaveLength(1);
    await after(10 * minuteMs);
    expect(starts.slice(before)).toHaveLength(1);
    expect(lines.filter((line) => line.includes('VM crashed'))).toEqual([
      'warn: VM crashed, starting it again vm=net-vm afterMs=0',
      'warn: VM crashed, starting it again vm=net-vm afterMs=1000',
      'warn: VM crashed, starting it again vm=net-vm afterMs=2000',
      'warn: VM crashed, starting it again vm=net-vm afterMs=4000',
    ]);
  });

  it('retries after the next backoff when the host cannot start the VM, and logs each failure', async () => {
    run();
    rejectStarts();
    crash();
    await after(3 * minuteMs);
    expect(starts).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 123_000]);
    expect(lines).toContain('error: VM cannot be started again vm=net-vm error="the host is busy"');
    expect(lines.filter((line) => line.includes('cannot be started again'))).toHaveLength(8);
    expect([...recovery.restarts()]).toEqual([['net-vm', 8]]);
  });

  it('does not retry when the VM was stopped through the admin while its start failed', async () => {
    run();
    rejectStarts(() => vms.setDesiredState(vm, 'down'));
    crash();
    await after(3 * minuteMs);
    expect(starts).toEqual([0]);
  });

  it('does not retry when the VM was started on the host while its start failed', async () => {
    run();
    rejectStarts(run);
    crash();
    await after(3 * minuteMs);
    expect([...recovery.restarts()]).toEqual([['net-vm', 1]]);
    expect(lines.filter((line) => line.includes('VM crashed'))).toHaveLength(1);
  });

  it.each<[string, () => void]>([
    ['by systemd', stop],
    ['by systemd, although it ended badly', () => put(failedStatus(unit), { stopRequested: true })],
  ])('does not retry when the VM was stopped on the host while its start failed, %s', async (_, end) => {
    run();
    rejectStarts(() => {
      run();
      end();
    });
    crash();
    await after(3 * minuteMs);
    expect(starts).toEqual([0]);
  });

  it('plans one start when the VM crashes again before its start is answered as failed', async () => {
    run();
    agents.answer = () => {
      starts.push(performance.now());
      if (starts.length > 1) return new Promise(() => undefined);
      run();
      crash();
      return Promise.reject(new GivcError('UNAVAILABLE', 'the host is busy'));
    };
    crash();
    await after(20_000);
    expect(starts).toEqual([0, 1_000]);
    expect([...recovery.restarts()]).toEqual([['net-vm', 2]]);
  });

  it.each<[string, () => void]>([
    ['is stopped', stop],
    ['is stopped on the host, although it ended badly,', () => put(failedStatus(unit), { stopRequested: true })],
    ['is stopped through the admin, and stays failed,', crashAfterStop],
    ['is started on the host', run],
  ])('cancels a start when the VM %s before it is due', async (_, happen) => {
    run();
    for (let crashes = 0; crashes < 3; crashes++) await pauseAfterCrash();
    const before = starts.length;
    crash();
    await after(1_000);
    happen();
    expect(jest.getTimerCount()).toBe(0);
    await after(10 * minuteMs);
    expect(starts).toHaveLength(before);
  });

  it('starts the VM after the next crash when the previous start was cancelled', async () => {
    run();
    await pauseAfterCrash();
    crash();
    stop();
    run();
    expect(await pauseAfterCrash()).toBe(2_000);
  });

  it.each<[string, () => void]>([
    ['whose stop was requested, although it ended badly', () => put(failedStatus(unit), { stopRequested: true })],
    ['that was stopped through the admin, although it ended badly', crashAfterStop],
    ['that ended well', stop],
    ['that is about to end', () => put(runningStatus(unit, { ActiveState: 'deactivating' }))],
    [
      'whose name a unit has that is not a VM',
      () => store.put({ ...vmEntry('net-vm', { status: failedStatus(unit) }), type: { vm: 'SysVM', service: 'Svc' } }),
    ],
  ])('does not start a VM %s', async (_, end) => {
    run();
    end();
    await after(10 * minuteMs);
    expect(starts).toEqual([]);
    expect(lines.join('\n')).not.toContain('VM crashed');
  });

  it.each<[string, Partial<AdminConfig>]>([
    ['with monitoring off', { monitoring: false }],
    ['that is not among the services of the configuration', { services: ['microvm@gui-vm.service'] }],
  ])('does not start a VM %s', async (_, settings) => {
    create(settings);
    run();
    crash();
    await after(10 * minuteMs);
    expect(starts).toEqual([]);
    expect([...recovery.restarts()]).toEqual([]);
  });

  it('recovers a VM that was stopped through the admin and then started on the host', async () => {
    run();
    vms.setDesiredState(vm, 'down');
    stop();
    run();
    expect(await pauseAfterCrash()).toBe(0);
  });

  it('does not start a VM that was stopped through the admin, even if it is reported as running once more', async () => {
    run();
    vms.setDesiredState(vm, 'down');
    run();
    crash();
    await after(10 * minuteMs);
    expect(starts).toEqual([]);
  });

  it('starts a VM that crashed before it was seen running', async () => {
    expect(await pauseAfterCrash()).toBe(0);
    expect(starts).toHaveLength(1);
  });

  it('counts the starts of each managed VM, from zero', async () => {
    run();
    expect([...recovery.restarts()]).toEqual([['net-vm', 0]]);
    for (let crashes = 0; crashes < 3; crashes++) await pauseAfterCrash();
    expect([...recovery.restarts()]).toEqual([['net-vm', 3]]);
  });

  it('makes no start once the admin stops', async () => {
    run();
    await pauseAfterCrash();
    crash();
    recovery.onApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
    await after(10 * minuteMs);
    expect(starts).toHaveLength(1);
  });
});
