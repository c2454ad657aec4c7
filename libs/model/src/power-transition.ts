// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from './names.js';

/** The effect of the start of a unit on its machine: it shuts down, or sleeps until something wakes it. */
export type PowerTransition = 'shutdown' | 'sleep';

const shutdown =
  /^((poweroff|reboot|halt|kexec|soft-reboot|exit|shutdown|final|ctrl-alt-del|runlevel[06])\.target|systemd-(poweroff|reboot|halt|kexec|soft-reboot|exit)\.service)$/;
const sleep = /(^|[-_@])(sleep|suspend|hibernate)[-_@.]/;

/**
 * The effect of the units of systemd.special(7), systemd-halt.service(8) and systemd-suspend.service(8), and of others
 * whose names contain that they suspend something, such as `gpu-suspend.service`; undefined for all others.
 */
export function powerTransitionOf(unit: UnitName): PowerTransition | undefined {
  if (shutdown.test(unit)) return 'shutdown';
  return sleep.test(unit) ? 'sleep' : undefined;
}

/** For a unit that shuts the machine down: whether the machine then stays down. */
export const isPoweroff = (unit: UnitName): boolean =>
  /^((poweroff|halt|runlevel0)\.target|systemd-(poweroff|halt)\.service)$/.test(unit);
