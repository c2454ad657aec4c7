// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import 'reflect-metadata';
import { runDaemon } from '@givc/daemon';
import { Log } from '@givc/log';
import { readAgentConfig } from './agent.config.js';
import { checkAgent } from './agent.check.js';
import { agentDaemon } from './agent.daemon.js';
import { agentFlagSettings, readAgentFlags } from './agent.flags.js';
import { printAgent } from './agent.print.js';

void runDaemon('givc-agent', async () => {
  const flags = readAgentFlags(process.argv.slice(2));
  if (flags.isCheck) return checkAgent(flags);
  if (flags.printConfig) return printAgent(flags);
  const config = readAgentConfig(flags.config);
  const log = new Log(flags.logLevel);
  for (const warning of flags.warnings) log.warn('flags', { warning });
  for (const warning of config.warnings) log.warn('configuration', { file: flags.config, warning });
  const settings = (environment: NodeJS.ProcessEnv) => agentFlagSettings(process.argv.slice(2), environment);
  return agentDaemon(config, { log, file: flags.config, settings, audit: flags.audit, metrics: flags.metrics });
});
