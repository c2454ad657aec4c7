// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, described, parsed, wholeNumber, type Omission, type Path } from '@givc/config';
import { invalid, parseUnitName, parseUnitType, parseVmName } from '@givc/model';
import { applications } from './applications/applications.config.js';
import { capabilitySchemas } from './capabilities.js';
import { transport } from './config/transport.js';
import { unitNames, vmUnits } from './units/units.config.js';

const unitType = (service: 'Mgr' | 'Svc') =>
  parsed(z.number(), (field, value) => {
    const type = parseUnitType(field, value);
    if (type.service !== service)
      throw invalid(field, `invalid unit type ${value} (${type.vm} ${type.service}): expected one with ${service}`);
    return type;
  });

const identity = z.strictObject({
  type: described(
    unitType('Mgr'),
    'The type of this agent, a number of the contract: 0 on the host, 4 in the VM of the admin, 8 in a system VM, 12 in ' +
      'an application VM.',
    { minimum: 0, maximum: 14 },
  ),
  subType: described(
    unitType('Svc'),
    'The type of the units of this machine, a number of the contract: 1 on the host, 5 in the VM of the admin, 9 in a ' +
      'system VM, 13 in an application VM.',
    { minimum: 0, maximum: 14 },
  ),
  parent: described(
    absent(parsed(z.string(), (field, value) => (value === '' ? undefined : parseUnitName(field, value)))),
    'The unit of the host that runs this machine, such as microvm@net-vm.service; the host has none.',
  ),
  name: described(parsed(z.string(), parseVmName), 'The name of this machine: the first DNS name of its certificate.'),
});

const tls = z.strictObject({
  enable: described(defaulted(z.boolean(), true), 'Mutual TLS; without it every call is unauthenticated.'),
  caCertPath: described(
    absent(z.string()),
    'The certificates of the authorities that are trusted, PEM; /etc/givc/ca-cert.pem unless set.',
  ),
  certPath: described(absent(z.string()), 'The certificate of this machine, PEM; /etc/givc/cert.pem unless set.'),
  keyPath: described(absent(z.string()), 'The private key of this machine, PEM; /etc/givc/key.pem unless set.'),
  /** Not in the contract. */
  revocationsPath: described(
    absent(z.string()),
    'A file of certificates to reject, with lines "serial HEX" or "name DNS-NAME".',
  ),
});

/** Not in the contract. */
const heartbeat = described(
  defaulted(wholeNumber(100, 60_000, { what: 'interval', unit: 'ms' }), 3_000),
  'The time between two heartbeats of agent and admin, in milliseconds; a loss is noticed after two and a half times ' +
    'that.',
);

/** The capabilities of an agent; each is off unless it is enabled. */
const capabilities = z.strictObject({
  services: described(unitNames, 'The units that callers may start, stop and query.'),
  vmServices: described(vmUnits, 'On the host: the units of its VMs.'),
  applications: described(applications, 'The applications that callers may start.'),
  ...capabilitySchemas,
});

/** The file of an agent as a whole. */
export const agentFile = z.strictObject({
  $schema: described(absent(z.string()), 'The JSON Schema of this file, for editors; the agent does not read it.'),
  identity: described(identity, 'What this machine is.'),
  network: described(
    z.strictObject({
      admin: described(
        z.strictObject({
          transport: described(transport, 'Where the admin listens, and the name in its certificate.'),
          heartbeatMs: heartbeat,
        }),
        'The admin with which this agent registers.',
      ),
      agent: described(
        z.strictObject({
          transport: described(
            transport,
            'Where this agent listens, and the name in its certificate; the admin dials it.',
          ),
        }),
        'This agent.',
      ),
      tls: described(defaulted(tls, {}), 'The certificates of this machine.'),
    }),
    'The two ends of the connection.',
  ),
  capabilities: described(defaulted(capabilities, {}), 'What this agent offers; the default is nothing.'),
  accessControl: described(
    defaulted(
      z.strictObject({
        enable: described(defaulted(z.boolean(), false), 'Apply the rules of `rulesFile` to every call; needs TLS.'),
        rulesFile: described(defaulted(z.string(), '/etc/givc-agent-acl/rules.cedar'), 'A file with Cedar rules.'),
        /** Not in the contract. */
        adminOnly: described(
          defaulted(z.boolean(), false),
          'Calls that change something are for the admin alone; a socket proxy has its own permitted source.',
        ),
      }),
      {},
    ),
    'Who may call this agent; without it every machine with a certificate.',
  ),
});

export type AgentFile = z.output<typeof agentFile>;
export type Capabilities = z.output<typeof capabilities>;

/** The keys of a capability whose values are entries: an array, or an object with named entries. */
const entryKeys = new Set<PropertyKey>(['events', 'sockets', 'proxies', 'clients', 'commands', 'policies']);

/**
 * A mistake below `capabilities` leaves out the entry that it is in, or else the capability. So an entry or a
 * capability whose protection has a mistake is off, never unprotected.
 */
export function omittedCapability([first, capability, key, item]: Path): Omission | undefined {
  if (first !== 'capabilities' || capability === undefined) return undefined;
  const consequence = 'this entry is left out';
  if (typeof key === 'number') return { path: [first, capability, key], consequence };
  if (key !== undefined && (typeof item === 'number' || (entryKeys.has(key) && item !== undefined)))
    return { path: [first, capability, key, item], consequence };
  if (capability === 'vmServices' && key !== undefined) return { path: [first, capability, key], consequence };
  return { path: [first, capability], consequence: 'the capability stays off' };
}
