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
  type LivePart,
  type Path,
  type Setting,
} from '@givc/config';
import { agentUnit, formatAddress, GivcError } from '@givc/model';
import type { AccessFiles } from '@givc/access';
import { agentFile, omittedCapability, type AgentFile, type Capabilities } from './agent-file.js';
import { ApplicationsConfig } from './applications/applications.config.js';
import { AgentSettings } from './config/agent-settings.js';
import { UnitAllowlist, type AllowedUnits } from './config/unit-allowlist.js';
import { dbusProxyUnit, distinctProxies, namedSockets, socketsOf } from './dbus-proxy/dbus-proxy.config.js';
import { usableEvents } from './event-proxy/event-proxy.config.js';
import { servingAddress } from './proxy/serving-address.js';
import { usableSockets } from './socket-proxy/socket-proxy.config.js';
import { unusedSettings } from './unused-settings.js';

interface Values {
  readonly settings: AgentSettings;
  /** Everything but the path of the audit log, which is a flag. */
  readonly access: Omit<AccessFiles, 'audit'>;
  readonly capabilities: Capabilities;
  /** One line for each setting without effect and for each entry that is left out. */
  readonly warnings: readonly string[];
  /** Those that do not depend on this machine. */
  readonly settingWarnings: readonly string[];
  /** Those about what is left out because of a mistake. */
  readonly mistakes: readonly string[];
}

/** The configuration of an agent, read from its file at the start; `apply` takes over a part of a newer one. */
export class AgentConfig {
  /** The units that the agent may control. */
  readonly allowlist: UnitAllowlist;
  readonly applications: ApplicationsConfig;
  #values: Values;

  constructor(values: Values) {
    this.#values = values;
    this.allowlist = new UnitAllowlist(allowedUnits(values));
    this.applications = new ApplicationsConfig(values.capabilities.applications);
  }

  get settings(): AgentSettings {
    return this.#values.settings;
  }

  get access(): Values['access'] {
    return this.#values.access;
  }

  get capabilities(): Capabilities {
    return this.#values.capabilities;
  }

  get warnings(): readonly string[] {
    return this.#values.warnings;
  }

  get settingWarnings(): readonly string[] {
    return this.#values.settingWarnings;
  }

  get mistakes(): readonly string[] {
    return this.#values.mistakes;
  }

  /** The same configuration with further warnings, which depend on this machine. */
  with(warnings: readonly string[]): AgentConfig {
    return new AgentConfig({ ...this.#values, warnings: [...this.warnings, ...warnings] });
  }

  /** Takes over the services, the units of VMs and the applications of a newer file, and its warnings. */
  apply({ capabilities, warnings, settingWarnings }: AgentConfig): void {
    const { services, vmServices, applications } = capabilities;
    const applied = { ...this.capabilities, services, vmServices, applications };
    this.#values = { ...this.#values, capabilities: applied, warnings, settingWarnings };
    this.applications.applications = applications;
    this.allowlist.replace(allowedUnits(this.#values));
  }
}

function allowedUnits({ settings, capabilities }: Values): AllowedUnits {
  const { services, vmServices, applications, dbusProxy } = capabilities;
  return {
    agent: settings.unit,
    services,
    vmServices,
    applications: applications.map(({ name }) => name),
    dbusProxies: dbusProxy.proxies.map(dbusProxyUnit),
  };
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
  const { value: file, warnings: ofFile, mistakes } = parseAgentFile(json);
  const { identity, network } = file;
  const usable = usableCapabilities(file);
  const warnings = [...ofFile, ...usable.warnings, ...unusedSettings(file, json)];
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
    warnings,
    settingWarnings: warnings,
    mistakes,
  });
}

/**
 * Like `parseAgentConfig`, for a file. If it is for this machine, missing programs of applications are also warnings.
 */
export function readAgentConfig(path: string, isForThisMachine = true): AgentConfig {
  const json = readJson(path);
  const config = namingSource(path, () => parseAgentConfig(json));
  return isForThisMachine ? config.with(missingPrograms(config.capabilities)) : config;
}

/** The keys of a file that a reload applies. */
const liveKeys = ['capabilities.services', 'capabilities.vmServices', 'capabilities.applications'];

/** The part of its file that an agent with this configuration applies at a reload; `warn` gets new warnings. */
export const livePartOf = (path: string, config: AgentConfig, warn: (warning: string) => void): LivePart => ({
  has: (key) => liveKeys.some((live) => key === live || key.startsWith(`${live}.`)),
  prepare: (text) => {
    const newer = parseAgentConfig(parseJson(path, text));
    if (newer.mistakes.length > 0) throw new GivcError('INVALID_ARGUMENT', newer.mistakes.join('\n'));
    return () => {
      const known = new Set(config.warnings);
      config.apply(newer.with(missingPrograms(newer.capabilities)));
      for (const warning of config.warnings) if (!known.has(warning)) warn(warning);
    };
  },
});

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
