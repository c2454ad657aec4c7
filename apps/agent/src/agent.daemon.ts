// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Access } from '@givc/access';
import { ConfigFile } from '@givc/config';
import { PendingRestart, type Daemon, type PendingRestartParts } from '@givc/daemon';
import type { Log } from '@givc/log';
import { callMetrics, Metrics, type MetricsAddress } from '@givc/metrics';
import { GrpcServer, type GrpcServerOptions } from '@givc/rpc';
import { DbusSystemd, type Systemd } from '@givc/systemd';
import { givenByAgentFile, livePartOf, type AgentConfig } from './agent.config.js';
import { AgentModule, servicesOf } from './agent.module.js';
import { RegistrationService } from './registration/registration.service.js';

/** The settings of flags, and the parts that a test may replace. */
export interface AgentParts {
  readonly log: Log;
  /** The file of the configuration. */
  readonly file?: string;
  readonly settings?: PendingRestartParts['settings'];
  readonly unitStart?: PendingRestartParts['unitStart'];
  /** The path of the audit log; the journal by default. */
  readonly audit?: string;
  readonly metrics?: MetricsAddress;
  /** Used instead of the access that the files of the configuration define. */
  readonly access?: Access;
  /** Used instead of the service manager on D-Bus. */
  readonly systemd?: Systemd;
  readonly server?: Partial<GrpcServerOptions>;
}

function configFile(file: string, config: AgentConfig, log: Log): ConfigFile {
  const live = livePartOf(file, config, (warning) => log.warn('configuration', { file, warning }));
  return new ConfigFile(file, (text) => givenByAgentFile(file, text), log, live);
}

/** The agent with this configuration; it does not listen yet. Throws INVALID_ARGUMENT for mistakes in its files. */
export async function agentDaemon(config: AgentConfig, parts: AgentParts): Promise<Daemon> {
  const { log } = parts;
  const accessFiles = { ...config.access, audit: parts.audit };
  const machine = { daemon: 'agent', name: config.settings.name, addresses: [config.settings.self.address] } as const;
  const access =
    parts.access ?? (await Access.open('permission denied by access control policy', accessFiles, log, machine));
  const metrics = parts.metrics && (await Metrics.load(parts.metrics));
  const server = new GrpcServer({
    listen: [config.settings.self.address],
    tls: access.identity,
    services: servicesOf(config),
    observer: metrics && callMetrics(metrics),
    ...parts.server,
  });
  const systemd = parts.systemd ?? (await DbusSystemd.connect());
  const { file } = parts;
  const files = file === undefined ? [] : [configFile(file, config, log)];
  const checkCommand = file === undefined ? undefined : `givc-agent -check ${file}`;
  const pending = new PendingRestart({ ...parts, files, checkCommand });
  const module = AgentModule.register(config, access, server, log, systemd, pending, metrics);
  const status: Daemon['status'] = (modules) => modules.get(RegistrationService, { strict: false }).status;
  return { log, server, module, reloadables: [...access.live, ...files], status };
}
