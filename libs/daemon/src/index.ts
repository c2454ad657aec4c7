export { notifyServiceManager } from './service-manager.js';
export { runDaemon, type Daemon, type Live } from './run-daemon.js';
