// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** `HIERARCHY:CONTROLLERS:PATH` of the hierarchy of systemd (cgroups(7)); the unit is the last part of the path. */
const unitOfSystemd = /^(?:0:|\d+:name=systemd):(\/.*)?\/([\w@.:\\-]+\.service)$/m;

/**
 * The command that restarts the unit of this process, of the system or of a user, from the text of /proc/self/cgroup,
 * as sd_pid_get_unit(3) finds it; undefined when it is unknown.
 */
export function restartCommand(cgroups: string): string | undefined {
  const [, folder = '', unit] = unitOfSystemd.exec(cgroups) ?? [];
  if (unit === undefined) return undefined;
  return `systemctl ${/\/user@\d+\.service(\/|$)/.test(folder) ? '--user ' : ''}restart ${unit}`;
}

/** `restartCommand` of this process. */
export function ownRestartCommand(): string | undefined {
  try {
    return restartCommand(readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return undefined;
  }
}
