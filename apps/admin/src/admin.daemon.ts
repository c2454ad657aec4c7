// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Access } from '@givc/access';
import { ConfigFile } from '@givc/config';
import { PendingRestart, type Daemon, type PendingRestartParts } from '@givc/daemon';
import { Log } from '@givc/log';
import { callMetrics, Metrics } from '@givc/metrics';
import { GrpcServer, type GrpcServerOptions } from '@givc/rpc';
import type { AdminConfig } from './admin.config.js';
import { AdminModule, adminServices } from './admin.module.js';
import { givenByPoliciesFile } from './policies/policies.config.js';
import { agentsStatus } from './presence/agents-status.js';

/** The parts of the configuration that a test may replace. */
export interface AdminParts {
  readonly log?: Log;
  /** Replaces the access rules that the configuration names. */
  readonly access?: Access;
  readonly settings?: PendingRestartParts['settings'];
  readonly unitStart?: PendingRestartParts['unitStart'];
  readonly server?: Partial<GrpcServerOptions>;
}

/** The file of POLICY_CONFIG, which only a start applies. */
function policiesFile({ policies }: AdminConfig, log: Log): ConfigFile[] {
  if (policies?.file === undefined) return [];
  const { file } = policies;
  return [new ConfigFile(file, (text) => givenByPoliciesFile(file, text), log)];
}

/** The admin with this configuration; it does not listen yet. Throws INVALID_ARGUMENT for mistakes in its files. */
export async function adminDaemon(config: AdminConfig, parts: AdminParts = {}): Promise<Daemon> {
  const log = parts.log ?? new Log(config.logLevel);
  for (const warning of config.warnings) log.warn('configuration', { warning });
  const machine = { daemon: 'admin', name: config.name, addresses: config.listen } as const;
  const access =
    parts.access ??
    (await Access.open('permission denied by admin access control policy', config.access, log, machine));
  const metrics = config.metrics && (await Metrics.load(config.metrics));
  const server = new GrpcServer({
    listen: config.listen,
    tls: access.identity,
    services: adminServices,
    observer: metrics && callMetrics(metrics),
    ...parts.server,
  });
  const files = policiesFile(config, log);
  const pending = new PendingRestart({ ...parts, files, checkCommand: 'givc-admin --check' });
  const module = AdminModule.register(config, access, server, log, pending, metrics);
  return { log, server, module, reloadables: [...access.live, ...files], status: agentsStatus };
}
