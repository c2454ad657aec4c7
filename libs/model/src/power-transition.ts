// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from './names.js';

/** What the start of a unit does to its machine: it goes down, or sleeps until something wakes it. */
export type PowerTransition = 'shutdown' | 'sleep';

const shutdown =
  /^((poweroff|reboot|halt|kexec|soft-reboot|exit|shutdown|final|ctrl-alt-del|runlevel[06])\.target|systemd-(poweroff|reboot|halt|kexec|soft-reboot|exit)\.service)$/;
const sleep = /(^|[-_@])(sleep|suspend|hibernate)[-_@.]/;

/**
 * Of the units of systemd.special(7), systemd-halt.service(8) and systemd-suspend.service(8), and of others that say by
 * their names that they suspend something, such as `gpu-suspend.service`; undefined for all others.
 */
export function powerTransitionOf(unit: UnitName): PowerTransition | undefined {
  if (shutdown.test(unit)) return 'shutdown';
  return sleep.test(unit) ? 'sleep' : undefined;
}

/** Of those that shut the machine down: whether it is to stay down. */
export const isPoweroff = (unit: UnitName): boolean =>
  /^((poweroff|halt|runlevel0)\.target|systemd-(poweroff|halt)\.service)$/.test(unit);
