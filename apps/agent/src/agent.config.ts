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
import type { AccessFiles } from '@givc/access';
import { capabilities, type Capabilities } from './config/capabilities.js';
import { socketsOf } from './config/dbus-proxy.js';
import { checkSocketProxies } from './config/socket-proxy.js';
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
  /** Ours: certificates to refuse. */
  revocationsPath: absent(z.string()),
});

/** Ours: how often the agent and the admin hear of each other at least. A loss is noticed after two and a half times that. */
const heartbeat = parsed(defaulted(z.number(), 3_000), (field, value) => {
  if (!Number.isInteger(value) || value < 100 || value > 60_000)
    throw invalid(field, `${value} is no number of milliseconds from 100 to 60000`);
  return value;
});

const schema = z.strictObject({
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
  readonly heartbeatMs!: number;
  readonly self!: Endpoint;
  /** All but the record, which a flag names. */
  readonly access!: Omit<AccessFiles, 'audit'>;
  readonly capabilities!: Capabilities;
  /** What the file says that has no effect. */
  readonly warnings!: readonly string[];
}

/** What the contract has and this build has not. */
const missing = ['eventProxy'] as const;

/** One line for everything that is enabled although this build does not have it. */
const unavailable = ({ capabilities }: File): string[] =>
  missing
    .filter((name) => capabilities[name].enable)
    .map((name) => `capabilities.${name}.enable: this build does not have it; its rpcs answer UNIMPLEMENTED`);

/** What is enabled and can do nothing. */
const idle = ({ capabilities: { exec } }: File): string[] =>
  exec.enable && exec.commands.length === 0
    ? ['capabilities.exec.commands: none is listed, so nothing may be run']
    : [];

/** The pairs of the D-Bus proxy are entries of the socket proxy, too. */
function withDbusSockets(capabilities: Capabilities): Capabilities {
  const derived = socketsOf(capabilities.dbusProxy);
  if (derived.length === 0) return capabilities;
  const { sockets } = capabilities.socketProxy;
  return { ...capabilities, socketProxy: { enable: true, sockets: [...sockets, ...derived] } };
}

function accessFilesOf({ network, accessControl }: File): AgentConfig['access'] {
  const { enable, caCertPath: ca, certPath: cert, keyPath: key, revocationsPath } = network.tls;
  return {
    tls: enable ? { ca, cert, key } : undefined,
    revocations: revocationsPath,
    rules: accessControl.enable ? accessControl.rulesFile : undefined,
  };
}

/** Throws INVALID_ARGUMENT with a line for each mistake, as `listMistakes` lists them. */
export function parseAgentConfig(json: unknown): AgentConfig {
  const { value: file, warnings } = parseConfig(schema, json);
  const value = { ...file, capabilities: withDbusSockets(file.capabilities) };
  const { identity, network, capabilities } = value;
  checkSocketProxies(network.agent.transport.address, capabilities.socketProxy.sockets);
  return {
    identity,
    unit: agentUnit(identity.name),
    parent: identity.parent,
    admin: network.admin.transport,
    heartbeatMs: network.admin.heartbeatMs,
    self: network.agent.transport,
    access: accessFilesOf(value),
    capabilities,
    warnings: [...warnings, ...unavailable(value), ...idle(value)],
  };
}

/** As `parseAgentConfig`, of a file. */
export const readAgentConfig = (file: string): AgentConfig => parseAgentConfig(readJson(file));
