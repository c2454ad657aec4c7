import 'reflect-metadata';
import { runDaemon } from '@givc/daemon';
import { Log } from '@givc/log';
import { GrpcServer } from '@givc/rpc';
import { DbusSystemd } from '@givc/systemd';
import { readAgentConfig } from './agent.config.js';
import { readAgentFlags } from './agent.flags.js';
import { AgentModule, servicesOf } from './agent.module.js';

void runDaemon('givc-agent', async () => {
  const flags = readAgentFlags(process.argv.slice(2));
  const config = readAgentConfig(flags.config);
  const log = new Log(flags.log);
  for (const warning of config.warnings) log.warn('configuration', { file: flags.config, warning });
  const server = new GrpcServer({ listen: [config.self.address], tls: config.tls, services: servicesOf(config) });
  const systemd = await DbusSystemd.connect();
  return { log, server, module: AgentModule.register(config, server, log, systemd) };
});
