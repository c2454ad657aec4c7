export { Systemd, type ResourceUsage, type TransientService, type UnitWatch } from './systemd.js';
