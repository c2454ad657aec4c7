// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';

/** `HIERARCHY:CONTROLLERS:PATH` of the hierarchy of systemd (cgroups(7)); the unit is the last part of the path. */
const unitOfSystemd = /^(?:0:|\d+:name=systemd):(\/.*)?\/([\w@.:\\-]+\.service)$/m;

/** A unit of systemd. */
export interface Unit {
  readonly name: string;
  /** Whether it is of a user's service manager. */
  readonly isOfUser: boolean;
}

/** The unit of the text of /proc/self/cgroup, as sd_pid_get_unit(3) finds it; undefined when it is unknown. */
function unitOf(cgroups: string): Unit | undefined {
  const [, folder = '', name] = unitOfSystemd.exec(cgroups) ?? [];
  return name === undefined ? undefined : { name, isOfUser: /\/user@\d+\.service(\/|$)/.test(folder) };
}

/** The unit of this process; undefined when it is unknown. */
export function ownUnit(): Unit | undefined {
  try {
    return unitOf(readFileSync('/proc/self/cgroup', 'utf8'));
  } catch {
    return undefined;
  }
}

const commandFor = (verb: 'reload' | 'restart', { name, isOfUser }: Unit): string =>
  `systemctl ${isOfUser ? '--user ' : ''}${verb} ${name}`;

/** The command that restarts the unit of a process with this /proc/self/cgroup; undefined when it is unknown. */
export function restartCommand(cgroups: string): string | undefined {
  const unit = unitOf(cgroups);
  return unit && commandFor('restart', unit);
}

/** `restartCommand` of this process. */
export function ownRestartCommand(): string | undefined {
  const unit = ownUnit();
  return unit && commandFor('restart', unit);
}

/** The command by which this process reads its files again. */
export function ownReloadCommand(): string | undefined {
  const unit = ownUnit();
  return unit && commandFor('reload', unit);
}
