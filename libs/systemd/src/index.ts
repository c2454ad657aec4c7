export { DbusSystemd, type DbusSystemdOptions } from './dbus-systemd.js';
export { FakeSystemd, type FakeUnitOptions } from './fake-systemd.js';
export {
  Systemd,
  type Ending,
  type OnUnitChange,
  type ResourceUsage,
  type Sandbox,
  type TransientService,
  type UnitWatch,
} from './systemd.js';
