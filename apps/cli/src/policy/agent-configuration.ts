// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, namingSource, parseConfig, parseJson } from '@givc/config';
import { instanceOfUnit, parseUnitType, type UnitName } from '@givc/model';
import { readRules } from './rules-command.js';

const names = defaulted(z.array(z.nullish(z.string())), []);
const list = <Entry extends z.ZodMiniType>(entry: Entry) => defaulted(z.array(z.nullish(entry)), []);
const capability = defaulted(z.object({ enable: defaulted(z.boolean(), false) }), {});
const peer = defaulted(z.object({ name: defaulted(z.string(), 'localhost') }), {});
const socket = z.object({
  transport: peer,
  server: defaulted(z.boolean(), false),
  permittedSource: absent(z.string()),
});
const event = z.object({
  consumer: defaulted(z.object({ enable: defaulted(z.boolean(), false), permittedSource: absent(z.string()) }), {}),
});
const vmServices = z.object({ adminVm: absent(z.string()), systemVms: names, appVms: names });

/**
 * The parts of an agent's configuration that decide who may call it. The agent itself verifies the file as a whole
 * (`givc-agent -check`).
 */
const agentFile = z.object({
  identity: z.object({ name: z.string(), type: z.number() }),
  network: z.object({
    admin: z.object({ transport: z.object({ name: z.string() }) }),
    tls: defaulted(z.object({ enable: defaulted(z.boolean(), true) }), {}),
  }),
  accessControl: defaulted(
    z.object({
      enable: defaulted(z.boolean(), false),
      adminOnly: defaulted(z.boolean(), false),
      rulesFile: absent(z.string()),
    }),
    {},
  ),
  capabilities: defaulted(
    z.object({
      services: names,
      vmServices: defaulted(vmServices, {}),
      applications: list(z.object({ name: z.string() })),
      dbusProxy: defaulted(
        z.object({
          enable: defaulted(z.boolean(), false),
          proxies: list(z.object({ name: z.string(), transport: absent(z.object({ name: z.string() })) })),
        }),
        {},
      ),
      exec: defaulted(z.object({ enable: defaulted(z.boolean(), false), commands: list(z.object({})) }), {}),
      socketProxy: defaulted(z.object({ enable: defaulted(z.boolean(), false), sockets: list(socket) }), {}),
      eventProxy: defaulted(z.object({ enable: defaulted(z.boolean(), false), events: list(event) }), {}),
      ...{
        hwid: capability,
        notifier: capability,
        wifi: capability,
        ctap: capability,
        policy: capability,
        journal: capability,
      },
    }),
    {},
  ),
});

type AgentFile = z.output<typeof agentFile>;

/** What an agent's configuration says about who may call it. */
export class AgentConfiguration {
  private constructor(private readonly file: AgentFile) {}

  /** Throws INVALID_ARGUMENT with a line for each mistake. */
  static parse(json: unknown): AgentConfiguration {
    return new AgentConfiguration(parseConfig(agentFile, json).value);
  }

  /** Like `parse`, for a file, which the error names. */
  static read(path: string): AgentConfiguration {
    const json = parseJson(path, readRules(path));
    return namingSource(path, () => AgentConfiguration.parse(json));
  }

  get name(): string {
    return this.file.identity.name;
  }

  get admin(): string {
    return this.file.network.admin.transport.name;
  }

  get isHost(): boolean {
    return parseUnitType('identity.type', this.file.identity.type).vm === 'Host';
  }

  /** Whether it has rules; they are in a file of its own machine. */
  get hasRules(): boolean {
    return this.file.accessControl.enable && this.file.network.tls.enable;
  }

  /** The file of its rules, on its own machine. */
  get rulesFile(): string | undefined {
    return this.file.accessControl.rulesFile;
  }

  /** The only caller whose calls may change something. */
  get changesOnlyFrom(): string | undefined {
    return this.file.accessControl.adminOnly ? this.admin : undefined;
  }

  /** Whether its allowlist has the unit. */
  hasUnit(unit: string): boolean {
    const { services, vmServices: vms, dbusProxy } = this.file.capabilities;
    const proxies = dbusProxy.enable ? present(dbusProxy.proxies).map(({ name }) => `dbus-proxy-${name}.service`) : [];
    const units = [`givc-${this.name}.service`, ...services, vms.adminVm, ...vms.systemVms, ...vms.appVms, ...proxies];
    return units.includes(unit) || this.hasInstance(unit);
  }

  /** Whether the unit is an instance of one of its applications. */
  hasInstance(unit: string): boolean {
    const instance = instanceOfUnit(unit as UnitName);
    return instance !== undefined && this.hasApplication(instance.application);
  }

  hasApplication(application: string): boolean {
    return present(this.file.capabilities.applications).some(({ name }) => name === application);
  }

  /** The key of the capability that serves the module, when it is off. */
  switchedOff(module: string): string | undefined {
    const key = capabilityOf[module];
    if (key === undefined || this.file.capabilities[key].enable) return undefined;
    return key === 'socketProxy' && this.#bus.length > 0 ? undefined : key;
  }

  /** The callers that the entries of the capability permit; undefined when it has no such entries. */
  callersOf(module: string): readonly string[] | undefined {
    const { exec, socketProxy, eventProxy } = this.file.capabilities;
    if (module === 'exec') return exec.commands.length === 0 ? [this.admin] : undefined;
    if (module === 'eventproxy')
      return present(eventProxy.events).flatMap(({ consumer }) =>
        consumer.enable && consumer.permittedSource !== undefined ? [consumer.permittedSource] : [],
      );
    if (module !== 'socketproxy') return undefined;
    const servers = socketProxy.enable ? present(socketProxy.sockets).filter(({ server }) => server) : [];
    return [...servers.map(({ transport, permittedSource }) => permittedSource ?? transport.name), ...this.#bus];
  }

  /** The peers of its D-Bus proxies. */
  get #bus(): string[] {
    const { enable, proxies } = this.file.capabilities.dbusProxy;
    return enable ? present(proxies).flatMap(({ transport }) => (transport ? [transport.name] : [])) : [];
  }
}

const present = <Entry>(entries: readonly (Entry | null | undefined)[]): Entry[] =>
  entries.filter((entry) => entry !== null && entry !== undefined);

/** The capabilities that can be off, by the modules of their rpcs. */
const capabilityOf: Readonly<
  Record<string, 'exec' | 'hwid' | 'notifier' | 'wifi' | 'ctap' | 'policy' | 'socketProxy' | 'eventProxy' | 'journal'>
> = {
  exec: 'exec',
  hwid: 'hwid',
  notify: 'notifier',
  wifimanager: 'wifi',
  ctap: 'ctap',
  policyadmin: 'policy',
  socketproxy: 'socketProxy',
  eventproxy: 'eventProxy',
  journal: 'journal',
};
