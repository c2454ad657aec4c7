// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, parsed, wholeNumber, type Omission, type Path } from '@givc/config';
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
  type: unitType('Mgr'),
  subType: unitType('Svc'),
  parent: absent(parsed(z.string(), (field, value) => (value === '' ? undefined : parseUnitName(field, value)))),
  name: parsed(z.string(), parseVmName),
});

const tls = z.strictObject({
  enable: defaulted(z.boolean(), true),
  caCertPath: absent(z.string()),
  certPath: absent(z.string()),
  keyPath: absent(z.string()),
  /** Not in the contract: certificates to reject. */
  revocationsPath: absent(z.string()),
});

/**
 * Not in the contract: the longest time between two messages of agent and admin. A loss is noticed after two and a half
 * times that.
 */
const heartbeat = defaulted(wholeNumber(100, 60_000, { what: 'interval', unit: 'ms' }), 3_000);

/** The capabilities of an agent; each is off unless it is enabled. */
const capabilities = z.strictObject({
  services: unitNames,
  vmServices: vmUnits,
  applications,
  ...capabilitySchemas,
});

/** The file of an agent as a whole. */
export const agentFile = z.strictObject({
  identity,
  network: z.strictObject({
    admin: z.strictObject({ transport, heartbeatMs: heartbeat }),
    agent: z.strictObject({ transport }),
    tls: defaulted(tls, {}),
  }),
  capabilities: defaulted(capabilities, {}),
  accessControl: defaulted(
    z.strictObject({
      enable: defaulted(z.boolean(), false),
      rulesFile: defaulted(z.string(), '/etc/givc-agent-acl/rules.cedar'),
      /**
       * Not in the contract: calls that change something are for the admin alone; a socket proxy has its own permitted
       * source.
       */
      adminOnly: defaulted(z.boolean(), false),
    }),
    {},
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
