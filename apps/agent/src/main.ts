import 'reflect-metadata';
import { Access } from '@givc/access';
import { runDaemon } from '@givc/daemon';
import { Log } from '@givc/log';
import { callMetrics, Metrics } from '@givc/metrics';
import { GrpcServer } from '@givc/rpc';
import { DbusSystemd } from '@givc/systemd';
import { readAgentConfig } from './agent.config.js';
import { readAgentFlags } from './agent.flags.js';
import { AgentModule, servicesOf } from './agent.module.js';

void runDaemon('givc-agent', async () => {
  const flags = readAgentFlags(process.argv.slice(2));
  const config = readAgentConfig(flags.config);
  const log = new Log(flags.logLevel);
  for (const warning of flags.warnings) log.warn('flags', { warning });
  for (const warning of config.warnings) log.warn('configuration', { file: flags.config, warning });
  const files = { ...config.access, audit: flags.audit };
  const access = await Access.open('permission denied by access control policy', files, log);
  const metrics = flags.metrics && (await Metrics.load(flags.metrics));
  const server = new GrpcServer({
    listen: [config.self.address],
    tls: access.identity,
    services: servicesOf(config),
    observer: metrics && callMetrics(metrics),
  });
  const systemd = await DbusSystemd.connect();
  return {
    log,
    server,
    module: AgentModule.register(config, access, server, log, systemd, metrics),
    live: access.live,
  };
});
