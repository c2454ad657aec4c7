// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Access } from '@givc/access';
import type { MetricsAddress } from '@givc/metrics';
import { parseListenAddress, parseVmName, transportOf, type Address } from '@givc/model';
import type { ServerLimits, TlsMaterial } from '@givc/rpc';
import { FakeSystemd } from '@givc/systemd';
import type { Vsock } from '@givc/vsock';
import { parseAgentConfig } from '../../../apps/agent/src/agent.config.js';
import { agentDaemon } from '../../../apps/agent/src/agent.daemon.js';
import { testAccess } from './audit-record.js';
import { recordingLog, startServer, type TestOptions, type TestServer } from './test-server.js';

/** The configuration of `givc-agent` for a test; all settings have defaults. */
export interface AgentOptions {
  /** Numbers of `RegistryRequest.Type`; default: 8 and 9, a system VM. */
  readonly type?: number;
  readonly subType?: number;
  /** The host's unit that runs this VM: `microvm@net-vm.service`. */
  readonly parent?: string;
  /** `capabilities` of the configuration file. */
  readonly capabilities?: object;
  /** The service manager, for example of an earlier agent of this machine; default: a new one. */
  readonly systemd?: FakeSystemd;
  /** Its port; default: a free one. */
  readonly port?: number;
  /** Its listen address; replaces `port` of 127.0.0.1. */
  readonly listen?: Address;
  /** Replaces the vsock of the kernel. */
  readonly vsock?: Vsock;
  readonly heartbeatMs?: number;
  /** Cedar rules; without them access control is off. */
  readonly rules?: string;
  /** The address of the metrics. Default: none. */
  readonly metrics?: MetricsAddress;
  /** Access that was opened from files; replaces `tls` and `rules`. */
  readonly access?: Access;
  /** Replaces some of the server's limits. */
  readonly limits?: Partial<ServerLimits>;
}

/** The identity of the agent and the address of its admin. */
export interface AgentPeer {
  /** The name of its VM, and of its certificate. */
  readonly name: string;
  /** The address of its admin: `127.0.0.1:34567`, the `address` of a test's admin, or `vsock:2:9001`. */
  readonly admin: string;
  /** Its certificate; without it calls are plain text. */
  readonly tls?: TlsMaterial | undefined;
}

/** An agent in this process, with a service manager that the test controls. */
export interface TestAgent extends TestServer {
  readonly systemd: FakeSystemd;
}

/** A `transport` of the configuration file. */
function transportFields(name: string, address: Address): object {
  const { Protocol, Address, Port } = transportOf({ name: parseVmName('name', name), address });
  return { name, addr: Address, port: Port, protocol: Protocol };
}

/**
 * Starts the agent of a machine, built as `givc-agent` builds it; it registers by itself, and again whenever its admin
 * has restarted. Close it at the end.
 */
export async function createAgent(
  options: AgentPeer & AgentOptions,
  testOptions: TestOptions = {},
): Promise<TestAgent> {
  const { name, type = 8, subType = type + 1, parent, capabilities = {}, systemd = new FakeSystemd() } = options;
  const admin = parseListenAddress('admin', options.admin);
  const own = options.listen ?? { protocol: 'tcp', host: '127.0.0.1', port: options.port ?? 0 };
  const config = parseAgentConfig({
    identity: { type, subType, parent, name },
    network: {
      admin: {
        transport: transportFields('admin-vm', admin),
        heartbeatMs: options.heartbeatMs,
      },
      agent: { transport: transportFields(name, own) },
      tls: { enable: false },
    },
    capabilities,
  });
  const { record, ...made } = await testAccess('permission denied by access control policy', {
    tls: options.tls,
    rules: options.rules,
  });
  const access = options.access ?? made.access;
  const { log, lines } = recordingLog();
  const { limits, metrics, vsock } = options;
  const daemon = await agentDaemon(config, { log, access, systemd, metrics, server: { limits, vsock } });
  const server = await startServer(
    daemon,
    { name, lines, record, identity: access.identity, isServingMetrics: metrics !== undefined },
    testOptions,
  );
  return { ...server, systemd };
}
