// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The stand-in for an agent of the original implementation, with the configuration of an agent of this repository:
// old-agent-main.ts CONFIGURATION
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { parseEndpoint } from '@givc/model';
import { readTlsMaterial, TlsIdentity } from '@givc/rpc';
import { DbusSystemd } from '@givc/systemd';
import { OldAgent } from '../support/old-agent.js';
import { offeredBy } from '../support/old-config.js';

interface Transport {
  readonly name: string;
  readonly addr: string;
  readonly port: string;
}
interface Configuration {
  readonly identity: Record<'name' | 'parent', string> & Record<'type' | 'subType', number>;
  readonly network: {
    readonly admin: { readonly transport: Transport };
    readonly agent: { readonly transport: Transport };
    readonly tls: Record<'caCertPath' | 'certPath' | 'keyPath', string>;
  };
  readonly capabilities: object;
}

const { identity, network, capabilities } = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as Configuration;
const { caCertPath: ca, certPath: cert, keyPath: key } = network.tls;
const { name, addr, port } = network.admin.transport;
await OldAgent.start({
  ...identity,
  ...offeredBy(capabilities),
  systemd: await DbusSystemd.connect(),
  admin: parseEndpoint('admin', { Name: name, Address: addr, Port: port, Protocol: 'tcp' }),
  identity: new TlsIdentity(readTlsMaterial({ ca, cert, key })),
  host: network.agent.transport.addr,
  port: Number(network.agent.transport.port),
  run: promisify(execFile),
  onCall: (rpc) => process.stdout.write(`${rpc}\n`),
});
