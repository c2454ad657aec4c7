// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Access } from '@givc/access';
import type { Daemon } from '@givc/daemon';
import { Log } from '@givc/log';
import { callMetrics, Metrics } from '@givc/metrics';
import { GrpcServer, type GrpcServerOptions } from '@givc/rpc';
import type { AdminConfig } from './admin.config.js';
import { AdminModule, adminServices } from './admin.module.js';

/** The parts of the configuration that a test may replace. */
export interface AdminParts {
  readonly log?: Log;
  /** Replaces the access rules that the configuration names. */
  readonly access?: Access;
  readonly server?: Partial<GrpcServerOptions>;
}

/** The admin with this configuration; it does not listen yet. Throws INVALID_ARGUMENT for mistakes in its files. */
export async function adminDaemon(config: AdminConfig, parts: AdminParts = {}): Promise<Daemon> {
  const log = parts.log ?? new Log(config.logLevel);
  for (const warning of config.warnings) log.warn('configuration', { warning });
  const access =
    parts.access ?? (await Access.open('permission denied by admin access control policy', config.access, log));
  const metrics = config.metrics && (await Metrics.load(config.metrics));
  const server = new GrpcServer({
    listen: config.listen,
    tls: access.identity,
    services: adminServices,
    observer: metrics && callMetrics(metrics),
    ...parts.server,
  });
  return { log, server, module: AdminModule.register(config, access, server, log, metrics), reloadables: access.live };
}
