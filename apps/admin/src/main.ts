import 'reflect-metadata';
import { Access } from '@givc/access';
import { Log } from '@givc/log';
import { callMetrics, Metrics } from '@givc/metrics';
import { runDaemon } from '@givc/daemon';
import { GrpcServer } from '@givc/rpc';
import { readAdminConfig } from './admin.config.js';
import { AdminModule, adminServices } from './admin.module.js';

void runDaemon('givc-admin', async () => {
  const config = readAdminConfig(process.argv.slice(2));
  const log = new Log(config.logLevel);
  for (const warning of config.warnings) log.warn('configuration', { warning });
  const access = await Access.open('permission denied by admin access control policy', config.access, log);
  const metrics = config.metrics && (await Metrics.load(config.metrics));
  const server = new GrpcServer({
    listen: config.listen,
    tls: access.identity,
    services: adminServices,
    observer: metrics && callMetrics(metrics),
  });
  return { log, server, module: AdminModule.register(config, access, server, log, metrics), live: access.live };
});
