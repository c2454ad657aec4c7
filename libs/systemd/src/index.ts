// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export type { ManagerTimes, UnitTimes } from './boot-times.js';
export { DbusSystemd, type DbusSystemdOptions } from './dbus-systemd.js';
export { FakeSystemd } from './fake-systemd.js';
export type { FakeUnitOptions } from './fake-units.js';
export {
  Systemd,
  type Ending,
  type OnUnitChange,
  type ResourceUsage,
  type Sandbox,
  type TimeLimits,
  type TransientService,
  type UnitWatch,
} from './systemd.js';
