import { accessSync, constants, statSync } from 'node:fs';
import { namingSource, parseConfig, readJson } from '@givc/config';
import { agentUnit, type Endpoint, type UnitName } from '@givc/model';
import type { AccessFiles } from '@givc/access';
import { agentFile, type AgentFile } from './config/agent-file.js';
import { omittedCapability, type Capabilities } from './config/capabilities.js';
import { distinctProxies, socketsOf } from './config/dbus-proxy.js';
import { idleSettings } from './config/idle-settings.js';
import { usableSockets } from './config/socket-proxy.js';

/** What this agent is and may offer, read once from its file. */
export class AgentConfig {
  readonly identity!: AgentFile['identity'];
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

/** The capabilities without entries that exclude each other; the pairs of the D-Bus proxy are sockets, too. */
function usableCapabilities({ capabilities, network }: AgentFile): {
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

function accessFilesOf({ network, accessControl }: AgentFile): AgentConfig['access'] {
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
  const { value: file, warnings } = parseConfig(agentFile, json, omittedCapability);
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
    warnings: [...warnings, ...usable.warnings, ...idleSettings(file, json)],
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
