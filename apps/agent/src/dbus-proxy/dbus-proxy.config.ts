// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, described, entries, hasEntries, parsed } from '@givc/config';
import { invalid, parseUnitName, quoted, type UnitName } from '@givc/model';
import { configClass } from '../config/config-class.js';
import { enable, readIfEnabled } from '../config/enable.js';
import { isDefaultPeer, peerTransport } from '../config/transport.js';
import { userName } from '../config/user-name.js';
import { socketProxy, type NamedSocketProxy } from '../socket-proxy/socket-proxy.config.js';
import { parseBus, parseBusNames, parseBusRule, parseSocketPath } from './dbus-names.js';

const name = parsed(z.string(), (field, value) => {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/.test(value))
    throw invalid(field, `invalid proxy name ${quoted(value)}: expected letters, digits, "-" and "_", at most 63`);
  return value;
});

const busNames = defaulted(z.array(parsed(z.string(), parseBusNames)), []);
const busRules = defaulted(z.array(parsed(z.string(), parseBusRule)), []);
const socket = parsed(z.string(), parseSocketPath);

/** Without any rule, clients reach the bus itself and no other client of it. */
const filter = z.strictObject({
  see: described(busNames, 'The names on the bus that clients may see.'),
  talk: described(busNames, 'The names to which clients may send any message.'),
  own: described(busNames, 'The names that clients may own.'),
  call: described(busRules, 'Calls that clients may make: NAME=METHOD@PATH, as --call of xdg-dbus-proxy(1).'),
  broadcast: described(
    busRules,
    'Signals that clients may get: NAME=SIGNAL@PATH, as --broadcast of xdg-dbus-proxy(1).',
  ),
});

const proxy = z.strictObject({
  name: described(name, 'The name of this entry, which the entry of the other machine has as well.'),
  bus: described(parsed(z.string(), parseBus), 'system, session, or an address such as unix:path=/run/bus.'),
  socket: described(socket, 'The socket at which the filtered bus is available on this machine.'),
  user: described(absent(userName), 'The user as which the proxy runs, if the agent runs as root.'),
  filter: described(defaulted(filter, {}), 'What clients may do; everything else is denied.'),
  log: described(defaulted(z.boolean(), false), 'Write the header of each message into the journal.'),
  transport: described(
    absent(peerTransport),
    'The agent whose machine has the client of this name, and the port between the two agents.',
  ),
});

const client = z.extend(z.omit(socketProxy, { server: true, permittedSource: true }), {
  name: described(name, 'The name of this entry, which the entry of the other machine has as well.'),
  socket: described(socket, 'The socket of the bus that this agent creates.'),
});

/**
 * `capabilities.dbusProxy`, which is not in the contract: buses of this machine for others (`proxies`), behind a filter
 * of xdg-dbus-proxy(1), and buses of others for this machine (`clients`). An application whose parts talk across two
 * machines has an entry of the same name in each.
 */
export class DbusProxyConfig extends configClass(
  readIfEnabled(
    z.strictObject({
      enable,
      proxies: described(entries(proxy), 'The buses of this machine for others.'),
      clients: described(entries(client), 'The buses of other machines for this one.'),
    }),
  ),
) {}

export type DbusProxyEntry = DbusProxyConfig['proxies'][number];

/** The unit that runs a proxy. */
export const dbusProxyUnit = (proxy: { readonly name: string }): UnitName =>
  parseUnitName('name', `dbus-proxy-${proxy.name}.service`);

/** The defaults of an entry of the socket proxy. */
const socketDefaults = z.parse(z.omit(socketProxy, { transport: true, server: true, socket: true }), {});

/** The entries of the socket proxy for the pairs; `server` is set on the side of the bus. */
export const socketsOf = ({ proxies, clients }: DbusProxyConfig): NamedSocketProxy[] => [
  ...proxies.flatMap(({ name, transport, socket }) =>
    transport && !isDefaultPeer(transport)
      ? [{ ...socketDefaults, dbusProxy: name, transport, server: true, socket }]
      : [],
  ),
  ...clients.map(({ name, ...client }) => ({ ...socketDefaults, ...client, dbusProxy: name, server: false })),
];

/** Warns of sockets that also belong to an entry here, for example to a pair that is also written out. */
export const namedSockets = (
  { proxies, clients }: DbusProxyConfig,
  sockets: readonly NamedSocketProxy[],
): NamedSocketProxy[] =>
  sockets.map((entry) => {
    const found = (entry.server ? proxies : clients).find(({ socket }) => socket === entry.socket);
    return found ? { ...entry, dbusProxy: found.name } : entry;
  });

/** Warns of a D-Bus proxy without entries; `json` is the file as it was read. */
export const unusedDbusProxy = ({ enable }: DbusProxyConfig, json: unknown): string[] =>
  enable && !['proxies', 'clients'].some((key) => hasEntries(json, 'capabilities', 'dbusProxy', key))
    ? ['capabilities.dbusProxy.enable: there are no proxies and no clients']
    : [];

/** Leaves out entries whose name or socket an earlier entry has. */
export function distinctProxies({ enable, proxies, clients }: DbusProxyConfig): {
  readonly value: DbusProxyConfig;
  readonly warnings: readonly string[];
} {
  const warnings: string[] = [];
  const sockets = new Set<string>();
  const distinct = <Entry extends { readonly name: string; readonly socket: string }>(key: string, list: Entry[]) => {
    const names = new Set<string>();
    return list.filter(({ name, socket }) => {
      const isDistinct = !names.has(name) && !sockets.has(socket);
      if (!isDistinct)
        warnings.push(
          `capabilities.dbusProxy.${key}: the name or the socket of "${name}" (${socket}) is that of an earlier entry; ` +
            'this entry is left out',
        );
      names.add(name);
      sockets.add(socket);
      return isDistinct;
    });
  };
  return { value: { enable, proxies: distinct('proxies', proxies), clients: distinct('clients', clients) }, warnings };
}
