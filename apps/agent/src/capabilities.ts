// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Type } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { described } from '@givc/config';
import type * as z from 'zod/mini';
import { BootModule } from './boot/boot.module.js';
import { CtapModule } from './ctap/ctap.module.js';
import { DbusProxyModule } from './dbus-proxy/dbus-proxy.module.js';
import { EventProxyModule } from './event-proxy/event-proxy.module.js';
import { ExecModule } from './exec/exec.module.js';
import { HwidModule } from './hwid/hwid.module.js';
import { JournalModule } from './journal/journal.module.js';
import { LocaleModule } from './locale/locale.module.js';
import { NotifyModule } from './notify/notify.module.js';
import { PolicyModule } from './policy/policy.module.js';
import { ResourcesModule } from './resources/resources.module.js';
import { SocketProxyModule } from './socket-proxy/socket-proxy.module.js';
import { StatsModule } from './stats/stats.module.js';
import { WifiModule } from './wifi/wifi.module.js';

/**
 * The capabilities by their keys in the configuration, in the order of the README's table; a new capability is one line
 * here. Each is imported when it is enabled, and gets its part of the configuration as an instance of its `Config`.
 */
export const capabilities = {
  socketProxy: SocketProxyModule,
  dbusProxy: DbusProxyModule,
  eventProxy: EventProxyModule,
  exec: ExecModule,
  hwid: HwidModule,
  notifier: NotifyModule,
  wifi: WifiModule,
  ctap: CtapModule,
  policy: PolicyModule,
  journal: JournalModule,
} satisfies Readonly<Record<string, Capability>>;

/** Capabilities that every agent has, without a key in the configuration. */
export const unconditional = [BootModule, LocaleModule, ResourcesModule, StatsModule];

/** The module of a capability. */
interface Capability extends Type {
  readonly Config: { readonly schema: z.ZodMiniType; new (values: never): object };
  /** The gRPC services that it serves on the agent's own listener. */
  readonly services: readonly ServiceName[];
  /** Whether it is imported even when it is off. */
  readonly isAlwaysOn?: boolean;
}

type Modules = typeof capabilities;
export type CapabilityKey = keyof Modules;
export type CapabilitySchemas = { readonly [Key in CapabilityKey]: Modules[Key]['Config']['schema'] };

/** Every capability with its key. */
export const capabilityEntries = Object.entries(capabilities) as [CapabilityKey, Capability][];

/** What each capability is, in the JSON Schema of the configuration. */
const descriptions: Readonly<Record<CapabilityKey, string>> = {
  socketProxy: 'Sockets of other machines.',
  dbusProxy: 'Buses of other machines, filtered by xdg-dbus-proxy(1).',
  eventProxy: 'Input devices of other machines.',
  exec: 'Runs the listed commands for callers.',
  hwid: 'The hardware id of this machine.',
  notifier: 'Shows notifications to the user.',
  wifi: 'Lets callers use the radios of NetworkManager.',
  ctap: 'Lets callers use security keys.',
  policy: 'Installs the policies that the admin sends.',
  journal: 'Shows the journal of the units that callers may control.',
};

/** The schema of each capability, by its key. */
export const capabilitySchemas = Object.fromEntries(
  capabilityEntries.map(([key, { Config }]) => [key, described(Config.schema, descriptions[key])]),
) as unknown as CapabilitySchemas;
