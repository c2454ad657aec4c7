import { accessSync, constants, statSync } from 'node:fs';
import * as z from 'zod/mini';
import { absent, defaulted, namingSource, parseConfig, parsed, readJson } from '@givc/config';
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
import { idleApplicationSettings } from './config/applications.js';
import { capabilities, omittedCapability, type Capabilities } from './config/capabilities.js';
import { distinctProxies, socketsOf } from './config/dbus-proxy.js';
import { usableSockets } from './config/socket-proxy.js';
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
      /** Ours: calls that change something are for the admin alone; a socket proxy has its own permitted source. */
      adminOnly: defaulted(z.boolean(), false),
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

/** One line when anybody on the network may call, or answer for the admin. */
function tlsWarnings({ network: { tls, agent, admin } }: File): string[] {
  const isOverNetwork = [agent, admin].some(({ transport }) => transport.address.protocol === 'tcp');
  if (tls.enable || !isOverNetwork) return [];
  const isNamed = [tls.caCertPath, tls.certPath, tls.keyPath].some((path) => path !== undefined);
  const off = isNamed ? 'TLS is off although certificates are named' : 'TLS is off';
  return [`network.tls.enable: ${off}: every call is in plain text and unauthenticated`];
}

/** What `exec` without a list of commands permits, and how to have more. */
function unlistedCommands({ capabilities: { exec }, network }: File): string[] {
  if (!exec.enable || !exec.isUnlisted) return [];
  const { name } = network.admin.transport;
  return [
    network.tls.enable
      ? `capabilities.exec.commands: none is listed, so only ${name} may run "ota-update get" and "ota-update cachix", ` +
        'as updates need them; an entry such as {"command": "/path/of/program", "args": ["..."]} permits more'
      : 'capabilities.exec.commands: none is listed, and TLS is off, so nothing may be run',
  ];
}

/** The capabilities without entries that exclude each other; the pairs of the D-Bus proxy are sockets, too. */
function usableCapabilities({ capabilities, network }: File): {
  readonly value: Capabilities;
  readonly warnings: readonly string[];
} {
  const dbusProxy = distinctProxies(capabilities.dbusProxy);
  const { enable, sockets } = capabilities.socketProxy;
  const derived = socketsOf(dbusProxy.value);
  const { usable, warnings } = usableSockets(network.agent.transport.address, [...sockets, ...derived]);
  return {
    value: {
      ...capabilities,
      dbusProxy: dbusProxy.value,
      socketProxy: { enable: enable || derived.length > 0, sockets: [...usable] },
    },
    warnings: [...dbusProxy.warnings, ...warnings],
  };
}

function accessFilesOf({ network, accessControl }: File): AgentConfig['access'] {
  const { enable, caCertPath, certPath, keyPath, revocationsPath } = network.tls;
  const files = {
    ca: caCertPath ?? '/etc/givc/ca-cert.pem',
    cert: certPath ?? '/etc/givc/cert.pem',
    key: keyPath ?? '/etc/givc/key.pem',
  };
  return {
    tls: enable ? files : undefined,
    revocations: revocationsPath,
    rules: accessControl.enable ? accessControl.rulesFile : undefined,
    changesOnlyFrom: accessControl.adminOnly ? network.admin.transport.name : undefined,
    relay: network.admin.transport.name,
  };
}

/**
 * Throws INVALID_ARGUMENT with a line for each mistake in what the agent is and whom it trusts, as `listMistakes` lists
 * them. Of the capabilities, entries with a mistake are left out, with a warning.
 */
export function parseAgentConfig(json: unknown): AgentConfig {
  const { value: file, warnings } = parseConfig(schema, json, omittedCapability);
  const { identity, network } = file;
  const usable = usableCapabilities(file);
  return {
    identity,
    unit: agentUnit(identity.name),
    parent: identity.parent,
    admin: network.admin.transport,
    heartbeatMs: network.admin.heartbeatMs,
    self: network.agent.transport,
    access: accessFilesOf(file),
    capabilities: usable.value,
    warnings: [
      ...warnings,
      ...tlsWarnings(file),
      ...usable.warnings,
      ...unavailable(file),
      ...unlistedCommands(file),
      ...idleApplicationSettings(file.capabilities.applications),
    ],
  };
}

/** As `parseAgentConfig`, of a file; what the capabilities need and this machine has not is a warning, too. */
export function readAgentConfig(path: string): AgentConfig {
  const json = readJson(path);
  const config = namingSource(path, () => parseAgentConfig(json));
  return { ...config, warnings: [...config.warnings, ...missingPrograms(config.capabilities)] };
}

/** A program may be installed later, so that its absence is no mistake. */
function missingPrograms({ applications }: Capabilities): string[] {
  return applications.flatMap(({ name, command: [program] }) => {
    try {
      accessSync(program, constants.X_OK);
      return statSync(program).isFile() ? [] : [`capabilities.applications: ${program} of "${name}" is not a file`];
    } catch (error) {
      return [
        `capabilities.applications: ${program} of "${name}" cannot be executed (${(error as NodeJS.ErrnoException).code})`,
      ];
    }
  });
}
