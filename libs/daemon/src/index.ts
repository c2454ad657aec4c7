export { notifyServiceManager } from './service-manager.js';
export { runDaemon, type Daemon } from './run-daemon.js';
