// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from './names.js';
import { isPoweroff, powerTransitionOf } from './power-transition.js';

describe('the start of a unit', () => {
  it.each([
    ...['poweroff.target', 'reboot.target', 'halt.target', 'kexec.target', 'soft-reboot.target', 'exit.target'],
    ...['shutdown.target', 'ctrl-alt-del.target', 'runlevel0.target', 'runlevel6.target'],
    ...['systemd-poweroff.service', 'systemd-reboot.service', 'systemd-halt.service', 'systemd-kexec.service'],
  ])('shuts the machine down when it is %s', (unit) => {
    expect(powerTransitionOf(unit as UnitName)).toBe('shutdown');
  });

  it.each([
    ...['sleep.target', 'suspend.target', 'hibernate.target', 'hybrid-sleep.target', 'suspend-then-hibernate.target'],
    ...['systemd-suspend.service', 'systemd-hibernate.service', 'systemd-hybrid-sleep.service'],
    ...['systemd-suspend-then-hibernate.service', 'gpu-suspend.service', 'suspend@gpu.service'],
  ])('lasts as long as the machine sleeps when it is %s', (unit) => {
    expect(powerTransitionOf(unit as UnitName)).toBe('sleep');
  });

  it.each([
    ...['web.service', 'multi-user.target', 'poweroff.service', 'my-poweroff.target', 'poweroff.target.service'],
    ...['runlevel3.target', 'resume-actions.service', 'suspended.service', 'sleeper.service', 'nosuspend.service'],
  ])('has no effect on the machine when it is %s', (unit) => {
    expect(powerTransitionOf(unit as UnitName)).toBeUndefined();
  });
});

it.each([
  ['poweroff.target', true],
  ['systemd-halt.service', true],
  ['runlevel0.target', true],
  ['reboot.target', false],
  ['systemd-kexec.service', false],
  ['poweroff.service', false],
])('a machine that %s shuts down stays down: %s', (unit, expected) => {
  expect(isPoweroff(unit as UnitName)).toBe(expected);
});
