// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { access } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { allRight, check, checkEach, type Check, type CheckResult } from '@givc/checks';
import { GivcError, type UnitName } from '@givc/model';
import type { Systemd } from '@givc/systemd';
import type { AgentConfig } from '../agent.config.js';

/** The first release with a freezer, which pauses applications (systemd's NEWS). */
const freezerRelease = 246;
/** The admin waits this long for the start and the stop of a unit. */
const [startMs, stopMs] = [100_000, 190_000];

/** The service manager, and the units that the configuration names. */
export function unitChecks({ allowlist, settings }: AgentConfig, systemd: Systemd): Check[] {
  const { services, vmServices } = allowlist.units;
  const { adminVm, systemVms, appVms } = vmServices;
  const units = [...services, ...(adminVm ? [adminVm] : []), ...systemVms, ...appVms];
  return [
    { id: 'systemd-version', subject: settings.name, run: async () => [await checkRelease(systemd, settings.name)] },
    ...(allowlist.units.applications.length === 0
      ? []
      : [
          {
            id: 'control-groups' as const,
            subject: settings.name,
            run: async () => [await checkControlGroups(settings.name)],
          },
        ]),
    { id: 'user-session', subject: settings.name, run: () => checkSession() },
    {
      id: 'units',
      subject: 'capabilities.services',
      run: () =>
        checkEach(
          units,
          (unit) => unitProblem(systemd, unit),
          () => allRight('units', units.length, ['unit', 'is installed'], ['units', 'are installed']),
        ),
    },
    {
      id: 'time-limits',
      subject: 'capabilities.services',
      run: () =>
        checkEach(
          services,
          (unit) => limitProblem(systemd, unit),
          () =>
            allRight(
              'time-limits',
              services.length,
              ['unit', 'starts and stops within the time that the admin waits'],
              ['units', 'start and stop within the time that the admin waits'],
            ),
        ),
    },
  ];
}

async function checkRelease(systemd: Systemd, name: string): Promise<CheckResult> {
  const { ok, failure } = check('systemd-version', name);
  const version = await systemd.version();
  return parseInt(version, 10) >= freezerRelease
    ? ok(`has systemd ${version}`)
    : failure(`has systemd ${version}, which cannot freeze units`, `install systemd ${freezerRelease} or later`);
}

/** The hierarchy that has a freezer: alone, or beside older ones (systemd(1)). */
const hierarchies = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'];

async function checkControlGroups(name: string): Promise<CheckResult> {
  const { ok, warning } = check('control-groups', name);
  const found = await Promise.allSettled(hierarchies.map((folder) => access(`${folder}/cgroup.controllers`)));
  return found.some(({ status }) => status === 'fulfilled')
    ? ok('has unified control groups')
    : warning(
        'has no unified control groups (cgroup v2), so applications cannot be paused',
        'boot with systemd.unified_cgroup_hierarchy=1',
      );
}

/** An agent of a session ends with it. */
async function checkSession(): Promise<CheckResult[]> {
  const { uid, username } = userInfo();
  if (uid === 0) return [];
  const { ok, warning } = check('user-session', username);
  try {
    await access(`/var/lib/systemd/linger/${username}`);
    return [ok('has a session from boot on')];
  } catch {
    return [
      warning('has a session only while logged in, and this agent ends with it', `loginctl enable-linger ${username}`),
    ];
  }
}

async function unitProblem(systemd: Systemd, unit: UnitName): Promise<CheckResult | undefined> {
  const { failure, warning } = check('units', unit);
  const unknown = failure('is unknown to systemd', 'install it, or remove it from capabilities.services or vmServices');
  try {
    const { LoadState: state } = await systemd.unitStatus(unit);
    if (state === 'masked') return warning('is masked, so it cannot be started', `systemctl unmask ${unit}`);
    if (state === 'loaded') return undefined;
    if (state === 'not-found') return unknown;
    return failure(`cannot be loaded (${state})`, `correct its file: systemctl status ${unit}`);
  } catch (error) {
    if (!(error instanceof GivcError) || error.reason !== 'NOT_FOUND') throw error;
    return unknown;
  }
}

async function limitProblem(systemd: Systemd, unit: UnitName): Promise<CheckResult | undefined> {
  const { warning } = check('time-limits', unit);
  const limits = await systemd.timeLimits(unit).catch((error: unknown) => {
    // `units` has found it.
    if (error instanceof GivcError && error.reason === 'NOT_FOUND') return undefined;
    throw error;
  });
  if (!limits) return undefined;
  const within = (ms: number) => (ms === Infinity ? 'any time' : `${ms / 1_000} s`);
  // Without a limit, the default of Type=oneshot, a start may still be short.
  if (limits.startMs !== Infinity && limits.startMs > startMs)
    return warning(
      `may take ${within(limits.startMs)} to start, and the admin waits ${within(startMs)}`,
      `set TimeoutStartSec= to at most ${startMs / 1_000}`,
    );
  if (limits.stopMs > stopMs)
    return warning(
      `may take ${within(limits.stopMs)} to stop, and the admin waits ${within(stopMs)}`,
      `set TimeoutStopSec= to at most ${stopMs / 1_000}`,
    );
  return undefined;
}
