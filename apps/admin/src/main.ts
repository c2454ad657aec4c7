import 'reflect-metadata';
import { Log } from '@givc/log';
import { runDaemon } from '@givc/daemon';
import { GrpcServer } from '@givc/rpc';
import { readAdminConfig } from './admin.config.js';
import { AdminModule } from './admin.module.js';

void runDaemon('givc-admin', () => {
  const config = readAdminConfig(process.argv.slice(2));
  const log = new Log(config.logLevel);
  for (const warning of config.warnings) log.warn('configuration', { warning });
  const server = new GrpcServer({ listen: config.listen, tls: config.tls, services: ['admin.AdminService'] });
  return { log, server, module: AdminModule.register(config, server, log) };
});
