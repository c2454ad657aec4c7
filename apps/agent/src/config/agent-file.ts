import * as z from 'zod/mini';
import { absent, defaulted, parsed } from '@givc/config';
import { invalid, parseUnitName, parseUnitType, parseVmName } from '@givc/model';
import { capabilities } from './capabilities.js';
import { transport } from './transport.js';

const unitType = (service: 'Mgr' | 'Svc') =>
  parsed(z.number(), (field, value) => {
    const type = parseUnitType(field, value);
    if (type.service !== service)
      throw invalid(field, `${value} stands for ${type.vm} ${type.service}, but ${service} is needed here`);
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
  /** Ours: certificates to refuse. */
  revocationsPath: absent(z.string()),
});

/** Ours: how often the agent and the admin hear of each other at least. A loss is noticed after two and a half times that. */
const heartbeat = parsed(defaulted(z.number(), 3_000), (field, value) => {
  if (!Number.isInteger(value) || value < 100 || value > 60_000)
    throw invalid(field, `invalid interval ${value}: expected 100-60000 ms`);
  return value;
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
      /** Ours: calls that change something are for the admin alone; a socket proxy has its own permitted source. */
      adminOnly: defaulted(z.boolean(), false),
    }),
    {},
  ),
});

export type AgentFile = z.output<typeof agentFile>;
