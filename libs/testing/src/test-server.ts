// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { InjectionToken } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { Daemon } from '@givc/daemon';
import { Log } from '@givc/log';
import { MetricsServer } from '@givc/metrics';
import { formatAddress, parseVmName, type Address, type Endpoint } from '@givc/model';
import type { TlsIdentity } from '@givc/rpc';
import type { TestRecord } from './audit-record.js';

/** A provider of the admin's or the agent's modules, and its replacement. */
export interface ProviderOverride {
  readonly provide: InjectionToken;
  readonly useValue: unknown;
}

/** The changes of a test to the server that it starts. */
export interface TestOptions {
  /** Providers to replace. A provider that no module has is an error. */
  readonly overrides?: readonly ProviderOverride[];
}

/** An admin or an agent in this process, with real gRPC, real TLS unless it has no certificate, and a free port. */
export interface TestServer {
  /** Its listen address, and the name in its certificate. */
  readonly endpoint: Endpoint;
  /** The address of `endpoint` as text: `127.0.0.1:34567`. */
  readonly address: string;
  /** Its log lines, one for each event, in order; the list grows. */
  readonly lines: readonly string[];
  /** Its audit log. */
  readonly record: TestRecord;
  /** Its own certificate, and the verification of peers; undefined without TLS. */
  readonly identity: TlsIdentity | undefined;
  /** The paths of the rpcs that have a handler. */
  readonly handled: readonly string[];
  /** The address of its metrics, if it serves them. */
  readonly metrics: Address | undefined;
  /** A provider of its modules, for inspection. Throws for an unknown token. */
  get<Provider>(token: InjectionToken<Provider>): Provider;
  /** Stops it and ends every call. Further calls have no effect. */
  close(): Promise<void>;
}

/** The address for a free port. */
export const loopback: Address = { protocol: 'tcp', host: '127.0.0.1', port: 0 };

/** A log of every level that keeps its lines. */
export function recordingLog(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, log: new Log('debug', (line) => lines.push(line.trimEnd()), false) };
}

/** Starts a daemon with this configuration and these replaced providers. Its files are not followed. */
export async function startServer(
  daemon: Daemon,
  known: Pick<TestServer, 'lines' | 'record' | 'identity'> & {
    readonly name: string;
    readonly isServingMetrics: boolean;
  },
  { overrides = [] }: TestOptions,
): Promise<TestServer> {
  const { name, isServingMetrics, ...rest } = known;
  const builder = Test.createTestingModule({ imports: [daemon.module] });
  for (const { provide, useValue } of overrides) builder.overrideProvider(provide).useValue(useValue);
  const module = await builder.compile();
  const application = module.createNestMicroservice({ strategy: daemon.server, logger: false });
  try {
    // Nest ignores an override of a provider that no module has; getting the provider fails then.
    for (const { provide } of overrides) module.get<unknown>(provide, { strict: false });
    await application.listen();
  } catch (error) {
    await application.close();
    throw error;
  }
  const address = daemon.server.addresses[0]!;
  let closed: Promise<void> | undefined;
  return {
    ...rest,
    endpoint: { name: parseVmName('name', name), address },
    address: formatAddress(address),
    handled: daemon.server.handledPaths,
    metrics: isServingMetrics ? application.get(MetricsServer, { strict: false }).address : undefined,
    get: (token) => application.get(token, { strict: false }),
    close: () => (closed ??= application.close()),
  };
}
