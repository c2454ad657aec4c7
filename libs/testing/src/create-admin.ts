// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { join } from 'node:path';
import type { Access } from '@givc/access';
import type { MetricsAddress } from '@givc/metrics';
import { agentUnit, parseVmName, type Address } from '@givc/model';
import type { admin, GrpcServerOptions, ServerLimits, ServiceName, TlsMaterial } from '@givc/rpc';
import type { Vsock } from '@givc/vsock';
import type { AdminConfig } from '../../../apps/admin/src/admin.config.js';
import { adminDaemon } from '../../../apps/admin/src/admin.daemon.js';
import { readPoliciesConfig, type PoliciesConfig } from '../../../apps/admin/src/policies/policies.config.js';
import { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { testAccess } from './audit-record.js';
import { loopback, recordingLog, startServer, type TestOptions, type TestServer } from './test-server.js';

/** The settings of `givc-admin` for a test; all have defaults. */
export interface AdminOptions {
  /** The listen addresses; default: a free port of 127.0.0.1. */
  readonly listen?: readonly Address[];
  /** Cedar rules; without them access control is off. */
  readonly rules?: string;
  /** The name in the host's certificate; default: `host`; null configures none. */
  readonly hostName?: string | null;
  /** The state directory with the registry and the history. Default: none. */
  readonly stateDirectory?: string;
  /** The maximum size of the history in the state directory, in bytes. Default: 8 MiB. */
  readonly historyBytes?: number;
  /** The directory of `locale.conf` and `timezone.conf`; without it, locale and timezone cannot be set. */
  readonly settingsDirectory?: string;
  /** The time limit of a VM until its agent has registered, in milliseconds. Default: 30 s. */
  readonly bootLimitMs?: number;
  /** VM units to keep running. */
  readonly services?: readonly string[];
  /** Whether to detect lost agents and to restart crashed VMs. Default: true. */
  readonly monitoring?: boolean;
  /** The value of POLICY_CONFIG as an object, and that of POLICY_STORE. */
  readonly policies?: { readonly config: object; readonly store: string };
  /** The gRPC services. An admin of another implementation has only `admin.AdminService`. */
  readonly serves?: readonly ServiceName[];
  /** The address of the metrics. Default: none. */
  readonly metrics?: MetricsAddress;
  /** The interval of pings on connections, and the timeout of their answers. */
  readonly keepalive?: GrpcServerOptions['keepalive'];
  /** Replaces the vsock of the kernel. */
  readonly vsock?: Vsock;
  /** Replaces some of the server's limits. */
  readonly limits?: Partial<ServerLimits>;
  /** Access that was opened from files; replaces `tls` and `rules`. */
  readonly access?: Access;
}

/** An admin in this process. */
export interface TestAdmin extends TestServer {
  /** Resolves once the list of the registry meets the condition, which is evaluated after each change. */
  until(condition: (entries: readonly admin.QueryListItem[]) => boolean): Promise<void>;
  /** Resolves once the agent of this VM is listed as running. */
  untilRegistered(vm: string): Promise<void>;
}

const policiesOf = ({ config, store }: NonNullable<AdminOptions['policies']>): PoliciesConfig =>
  readPoliciesConfig(JSON.stringify(config), store).value;

function configOf(options: AdminOptions): AdminConfig {
  const {
    hostName = 'host',
    settingsDirectory = '/nonexistent',
    stateDirectory,
    historyBytes = 8 * 1_048_576,
  } = options;
  return {
    listen: options.listen ?? [loopback],
    access: { tls: undefined, revocations: undefined, rules: undefined, audit: undefined },
    name: parseVmName('name', 'admin-vm'),
    hostName: hostName === null ? undefined : parseVmName('hostName', hostName),
    monitoring: options.monitoring ?? true,
    stateDirectory,
    history:
      stateDirectory === undefined ? undefined : { folder: join(stateDirectory, 'history'), maxBytes: historyBytes },
    ctapVm: parseVmName('ctapVm', 'gui-vm'),
    bootLimitMs: options.bootLimitMs ?? 30_000,
    services: options.services ?? [],
    agentSockets: [],
    settings: {
      localeFile: join(settingsDirectory, 'locale.conf'),
      timezoneFile: join(settingsDirectory, 'timezone.conf'),
      zoneDatabase: '/usr/share/zoneinfo',
    },
    policies: options.policies && policiesOf(options.policies),
    metrics: options.metrics,
    logLevel: 'debug',
    warnings: [],
  };
}

/**
 * Starts an admin, built as `givc-admin` builds it. `tls` is its certificate, which must have the name `admin-vm`;
 * without it, calls are in plain text. Close it at the end.
 */
export async function createAdmin(
  options: AdminOptions & { readonly tls?: TlsMaterial | undefined } = {},
  testOptions: TestOptions = {},
): Promise<TestAdmin> {
  const { record, ...made } = await testAccess('permission denied by admin access control policy', {
    tls: options.tls,
    rules: options.rules,
  });
  const access = options.access ?? made.access;
  const { log, lines } = recordingLog();
  const { serves, keepalive, limits, vsock } = options;
  const daemon = await adminDaemon(configOf(options), {
    ...{ log, access },
    server: { limits, vsock, ...(serves && { services: serves }), ...(keepalive && { keepalive }) },
  });
  const server = await startServer(
    daemon,
    { name: 'admin-vm', lines, record, identity: access.identity, isServingMetrics: options.metrics !== undefined },
    testOptions,
  );
  const store = server.get(RegistryStore);
  const until: TestAdmin['until'] = (condition) =>
    new Promise((resolve) => {
      const look = () => {
        if (!condition(store.items())) return;
        stop();
        resolve();
      };
      const stop = store.onChange(look);
      look();
    });
  const untilRegistered = (vm: string) => {
    const unit = agentUnit(parseVmName('vm', vm));
    return until((entries) => entries.some(({ Name, VmStatus }) => Name === unit && VmStatus === 'Running'));
  };
  return { ...server, until, untilRegistered };
}
