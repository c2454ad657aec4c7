// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { history } from '@givc/rpc';

/** When the host of the tests has booted, in milliseconds since 1970. */
export const hostBootedAt = Date.UTC(2026, 10, 26, 10, 30);

/** The times of a unit, in seconds since its machine has booted. */
export const unitTimes = (
  name: string,
  service_type: string,
  [starting, active]: readonly [number, number],
  after: string[] = [],
): history.UnitTimes => ({
  ...{ name, service_type, after, inactive_us: 0 },
  ...{ starting_us: starting * 1_000_000, active_us: active * 1_000_000 },
});

/**
 * A machine that booted `at` seconds after the host: its kernel took 1 s, its systemd 4 s, and its agent began after 2
 * s.
 */
export const machineBoot = (
  vm: string,
  vm_type: string,
  at: number,
  units: history.UnitTimes[] = [],
  times: Partial<history.BootTimes> = {},
): history.MachineBoot => ({
  ...{ vm, vm_type, booted_at_ms: hostBootedAt + at * 1_000, error: '' },
  times: {
    ...{ now_us: 60_000_000, virtualization: 'kvm', initrd_us: 0, userspace_us: 1_000_000, finish_us: 5_000_000 },
    ...{ session_us: 0, session_finish_us: 0, agent_us: 2_000_000, is_container: false, units },
    ...times,
  },
});

export const unknownBoot = (vm: string, error: string): history.MachineBoot => ({
  ...{ vm, vm_type: 'SysVM', booted_at_ms: 0, times: undefined, error },
});

/** An event so many seconds after the boot of the host. */
export const eventAt = (
  at: number,
  vm: string,
  unit: string,
  kind: NonNullable<history.HistoryEvent['kind']>,
): history.HistoryEvent => ({
  ...{ number: at, time_ms: hostBootedAt + at * 1_000, vm, unit, missed: 0 },
  kind,
});

export const activeState: history.State = {
  ...{ load_state: 'loaded', active_state: 'active', sub_state: 'running', freezer_state: 'running' },
};

/** The agent of a machine has registered. */
export const registered = (at: number, vm: string): history.HistoryEvent =>
  eventAt(at, vm, `givc-${vm}.service`, {
    $case: 'registered',
    value: {
      ...{ machine: vm, vm_type: 'SysVM', service_type: 'Mgr', description: '', state: activeState },
      agent_state: 'reporting',
    },
  });

export const commandAt = (at: number, vm: string, unit: string, method: string, tookMs: number): history.HistoryEvent =>
  eventAt(at, vm, unit, {
    $case: 'command',
    value: { caller: 'gui-vm', method, answer: 'OK', duration_ms: tookMs, reason: '', trace_id: '' },
  });
