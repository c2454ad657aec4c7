// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { accessSync, constants, statSync } from 'node:fs';
import {
  credentialPath,
  fileSettings,
  namingSource,
  parseConfig,
  parseJson,
  readJson,
  readText,
  type Given,
  type Path,
  type Setting,
} from '@givc/config';
import { agentUnit, formatAddress } from '@givc/model';
import type { AccessFiles } from '@givc/access';
import { agentFile, omittedCapability, type AgentFile, type Capabilities } from './agent-file.js';
import { AgentSettings } from './config/agent-settings.js';
import { UnitAllowlist } from './config/unit-allowlist.js';
import { dbusProxyUnit, distinctProxies, namedSockets, socketsOf } from './dbus-proxy/dbus-proxy.config.js';
import { usableEvents } from './event-proxy/event-proxy.config.js';
import { servingAddress } from './proxy/serving-address.js';
import { usableSockets } from './socket-proxy/socket-proxy.config.js';
import { unusedSettings } from './unused-settings.js';

/** The configuration of an agent, read once from its file. */
export class AgentConfig {
  readonly settings: AgentSettings;
  /** Everything but the path of the audit log, which is a flag. */
  readonly access: Omit<AccessFiles, 'audit'>;
  readonly capabilities: Capabilities;
  /** One line for each setting without effect and for each entry that is left out. */
  readonly warnings: readonly string[];
  /** Those that do not depend on this machine. */
  readonly settingWarnings: readonly string[];

  constructor({
    settings,
    access,
    capabilities,
    warnings,
    settingWarnings = warnings,
  }: Pick<AgentConfig, 'settings' | 'access' | 'capabilities' | 'warnings'> &
    Partial<Pick<AgentConfig, 'settingWarnings'>>) {
    this.settings = settings;
    this.access = access;
    this.capabilities = capabilities;
    this.warnings = warnings;
    this.settingWarnings = settingWarnings;
  }

  /** The units that the agent may control. */
  get allowlist(): UnitAllowlist {
    const { services, vmServices, applications, dbusProxy } = this.capabilities;
    return new UnitAllowlist({
      agent: this.settings.unit,
      services,
      vmServices,
      applications: applications.map(({ name }) => name),
      dbusProxies: dbusProxy.proxies.map(dbusProxyUnit),
    });
  }
}

/**
 * Removes the entries that conflict with those of another capability; the pairs of the D-Bus proxy are sockets as well.
 */
function usableCapabilities({ capabilities, network }: AgentFile): {
  readonly value: Capabilities;
  readonly warnings: readonly string[];
} {
  const dbusProxy = distinctProxies(capabilities.dbusProxy);
  const { enable, sockets } = capabilities.socketProxy;
  const derived = socketsOf(dbusProxy.value);
  const self = network.agent.transport.address;
  const { usable, warnings } = usableSockets(self, [...sockets, ...derived]);
  const served = usable.filter(({ server }) => server).map(({ transport }) => servingAddress(self, transport));
  const { enable: hasEvents, events } = capabilities.eventProxy;
  const usableEvent = usableEvents(self, events, served.map(formatAddress));
  return {
    value: {
      ...capabilities,
      dbusProxy: dbusProxy.value,
      socketProxy: { enable: enable || derived.length > 0, sockets: namedSockets(dbusProxy.value, usable) },
      eventProxy: { enable: hasEvents, events: usableEvent.usable },
    },
    warnings: [...dbusProxy.warnings, ...warnings, ...usableEvent.warnings],
  };
}

function accessFilesOf({ network, accessControl }: AgentFile): AgentConfig['access'] {
  const { enable, caCertPath, certPath, keyPath, revocationsPath } = network.tls;
  const files = {
    ca: credentialPath(caCertPath ?? '/etc/givc/ca-cert.pem'),
    cert: credentialPath(certPath ?? '/etc/givc/cert.pem'),
    key: credentialPath(keyPath ?? '/etc/givc/key.pem'),
  };
  return {
    tls: enable ? files : undefined,
    revocations: revocationsPath && credentialPath(revocationsPath),
    rules: accessControl.enable ? credentialPath(accessControl.rulesFile) : undefined,
    changesOnlyFrom: accessControl.adminOnly ? network.admin.transport.name : undefined,
    relay: network.admin.transport.name,
  };
}

/** A mistyped key there would leave the agent open to more callers than its user wanted. */
const isOfAccessControl = ([block]: Path): boolean => block === 'accessControl';

const parseAgentFile = (json: unknown) => parseConfig(agentFile, json, omittedCapability, isOfAccessControl);

/**
 * Throws INVALID_ARGUMENT with a line for each mistake in the identity, the network and the access control of the
 * agent, as `listMistakes` lists them. Invalid entries of capabilities are left out, with a warning.
 */
export function parseAgentConfig(json: unknown): AgentConfig {
  const { value: file, warnings } = parseAgentFile(json);
  const { identity, network } = file;
  const usable = usableCapabilities(file);
  return new AgentConfig({
    settings: new AgentSettings({
      ...identity,
      unit: agentUnit(identity.name),
      self: network.agent.transport,
      admin: network.admin.transport,
      heartbeatMs: network.admin.heartbeatMs,
      tls: network.tls.enable,
    }),
    access: accessFilesOf(file),
    capabilities: usable.value,
    warnings: [...warnings, ...usable.warnings, ...unusedSettings(file, json)],
  });
}

/**
 * Like `parseAgentConfig`, for a file. If it is for this machine, missing programs of applications are also warnings.
 */
export function readAgentConfig(path: string, isForThisMachine = true): AgentConfig {
  const json = readJson(path);
  const config = namingSource(path, () => parseAgentConfig(json));
  if (!isForThisMachine) return config;
  return new AgentConfig({ ...config, warnings: [...config.warnings, ...missingPrograms(config.capabilities)] });
}

/** The settings of a file with this text. Throws as `readAgentConfig`. */
export function givenByAgentFile(path: string, text: string): Given {
  const parsedFile = namingSource(path, () => parseAgentFile(parseJson(path, text)));
  return { settings: fileSettings(path, text, parsedFile), value: parsedFile.value };
}

/** The settings of a file that are in force. Throws as `readAgentConfig`. */
export const agentSettings = (path: string): readonly Setting[] => givenByAgentFile(path, readText(path)).settings;

/** A program may be installed later, so its absence is only a warning. */
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
