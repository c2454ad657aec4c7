import * as z from 'zod/mini';
import { absent, defaulted, parseConfig, parsed, readJson } from '@givc/config';
import {
  agentUnit,
  invalid,
  parseUnitName,
  parseUnitType,
  parseVmName,
  type Endpoint,
  type UnitName,
} from '@givc/model';
import { readTlsMaterial, type TlsMaterial } from '@givc/rpc';
import { capabilities, type Capabilities } from './config/capabilities.js';
import { transport } from './config/transport.js';

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
  caCertPath: defaulted(z.string(), '/etc/givc/ca-cert.pem'),
  certPath: defaulted(z.string(), '/etc/givc/cert.pem'),
  keyPath: defaulted(z.string(), '/etc/givc/key.pem'),
});

const schema = z.strictObject({
  identity,
  network: z.strictObject({
    admin: z.strictObject({ transport }),
    agent: z.strictObject({ transport }),
    tls: defaulted(tls, {}),
  }),
  capabilities: defaulted(capabilities, {}),
  accessControl: defaulted(
    z.strictObject({
      enable: parsed(defaulted(z.boolean(), false), (field, isOn) => {
        // Better not to run than to let in whom the rules would refuse.
        if (isOn) throw invalid(field, 'this build reads no rules, so it must be false');
        return isOn;
      }),
      rulesFile: defaulted(z.string(), '/etc/givc-agent-acl/rules.cedar'),
    }),
    {},
  ),
});

type File = z.output<typeof schema>;

/** What this agent is and may offer, read once from its file. */
export class AgentConfig {
  readonly identity!: File['identity'];
  /** Registry name of this agent. */
  readonly unit!: UnitName;
  /** The host's unit that runs this machine; the host has none. */
  readonly parent!: UnitName | undefined;
  readonly admin!: Endpoint;
  readonly self!: Endpoint;
  readonly tls!: TlsMaterial | undefined;
  readonly capabilities!: Capabilities;
  /** What the file says that has no effect. */
  readonly warnings!: readonly string[];
}

/** What the contract has and this build has not. */
const missing = ['exec', 'wifi', 'ctap', 'hwid', 'notifier', 'eventProxy', 'socketProxy', 'policy'] as const;

/** One line for everything that is enabled although this build does not have it. */
const unavailable = ({ capabilities }: File): string[] =>
  missing
    .filter((name) => capabilities[name].enable)
    .map((name) => `capabilities.${name}.enable: this build does not have it; its rpcs answer UNIMPLEMENTED`);

export interface ParsedAgentConfig {
  readonly value: Omit<AgentConfig, 'tls'>;
  readonly tls: File['network']['tls'];
}

/** Throws INVALID_ARGUMENT with one line for every mistake. */
export function parseAgentConfig(json: unknown): ParsedAgentConfig {
  const { value, warnings } = parseConfig(schema, json);
  const { identity, network, capabilities } = value;
  return {
    tls: network.tls,
    value: {
      identity,
      unit: agentUnit(identity.name),
      parent: identity.parent,
      admin: network.admin.transport,
      self: network.agent.transport,
      capabilities,
      warnings: [...warnings, ...unavailable(value)],
    },
  };
}

/** Throws INVALID_ARGUMENT with one line for every mistake of the file, or of the certificates that it names. */
export function readAgentConfig(file: string): AgentConfig {
  const { value, tls } = parseAgentConfig(readJson(file));
  const { enable, caCertPath: ca, certPath: cert, keyPath: key } = tls;
  return { ...value, tls: enable ? readTlsMaterial({ ca, cert, key }) : undefined };
}
