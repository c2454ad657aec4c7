// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { absent, defaulted, described, entries, hasEntries, parsed, wholeNumber } from '@givc/config';
import { formatAddress, invalid, messageOf, parseVmName, quoted, type Address } from '@givc/model';
import { socketPath } from '../config/absolute-path.js';
import { configClass } from '../config/config-class.js';
import { enable, readIfEnabled } from '../config/enable.js';
import { isDefaultPeer, peerTransport } from '../config/transport.js';
import { servingAddress } from '../proxy/serving-address.js';
import type { Usable } from '../proxy/usable.js';

/** The name or number of a user or group. */
const accountName = parsed(z.string(), (field, value) => {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/.test(value))
    throw invalid(field, `invalid name ${quoted(value)}: expected a user or group`);
  return value;
});

const mode = parsed(z.string(), (field, value) => {
  if (!/^0?[0-7]{3}$/.test(value)) throw invalid(field, `invalid mode ${quoted(value)}: expected one such as "0770"`);
  return parseInt(value, 8);
});

/**
 * An entry of the contract. The original does not have `permittedSource`, `owner`, `group`, `mode` and
 * `maxConnections`.
 */
export const socketProxy = z.strictObject({
  transport: described(
    peerTransport,
    'The other agent; on the side of the server its port is where this agent listens.',
  ),
  server: described(
    defaulted(z.boolean(), false),
    'Whether the service is on this machine; on the other machine the agent creates the socket.',
  ),
  socket: described(
    defaulted(socketPath, '/tmp/.dbusproxy.sock'),
    'The socket of the service, or the socket that this agent creates.',
  ),
  permittedSource: described(
    absent(parsed(z.string(), parseVmName)),
    'The only machine that may connect to a server; that of `transport` unless set.',
  ),
  owner: described(absent(accountName), "The owner of the client's socket; a server creates no socket."),
  group: described(absent(accountName), "The group of the client's socket; users unless set."),
  mode: described(absent(mode), "The mode of the client's socket; 0770 unless set.", { pattern: '^0?[0-7]{3}$' }),
  maxConnections: described(
    defaulted(wholeNumber(1, 1_000), 256),
    'The maximum number of connections at the same time.',
  ),
});

export type SocketProxy = z.output<typeof socketProxy>;

/** `capabilities.socketProxy`. */
export class SocketProxyConfig extends configClass(
  readIfEnabled(
    z.strictObject({
      enable,
      sockets: described(entries(socketProxy), 'The sockets of other machines, and those for other machines.'),
    }),
  ),
) {
  declare readonly sockets: NamedSocketProxy[];
}

/** An entry, with the name of the entry of `dbusProxy` that has the same socket. */
export type NamedSocketProxy = SocketProxy & { readonly dbusProxy?: string };

/** Leaves out entries that are switched off, that cannot be served, or whose port or socket an earlier one has. */
export function usableSockets<Entry extends SocketProxy>(self: Address, sockets: readonly Entry[]): Usable<Entry> {
  const taken = new Set<string>([formatAddress(self)]);
  const warnings: string[] = [];
  const usable = sockets.filter(({ transport, server, socket }) => {
    const problem = (text: string): false => {
      warnings.push(`capabilities.socketProxy.sockets: ${text}; this entry is left out`);
      return false;
    };
    if (isDefaultPeer(transport)) return problem(`the entry of ${socket} names no peer in its transport`);
    try {
      const address = server ? formatAddress(servingAddress(self, transport)) : socket;
      if (taken.has(address) && !address.endsWith(':0'))
        return problem(`${address} is used by an earlier entry or by the agent itself`);
      taken.add(address);
      return true;
    } catch (error) {
      return problem(messageOf(error));
    }
  });
  return { usable, warnings };
}

/** Warns of settings without effect; `json` is the file as it was read. */
export const unusedSocketProxy = ({ enable }: SocketProxyConfig, json: unknown): string[] =>
  enable && !hasEntries(json, 'capabilities', 'socketProxy', 'sockets')
    ? ['capabilities.socketProxy.enable: there are no sockets']
    : [];

/** Warns of settings of one side of a socket proxy that only the other side uses. */
export const unusedSocketSettings = ({ sockets }: SocketProxyConfig): string[] =>
  sockets.flatMap(({ server, socket, permittedSource, owner, group, mode }) => {
    const unused = Object.entries(server ? { owner, group, mode } : { permittedSource });
    const keys = unused.filter(([, value]) => value !== undefined).map(([key]) => key);
    const effect = server ? 'a server connects to its socket, it does not make it' : 'only a server is connected to';
    return keys.length > 0 ? [`capabilities.socketProxy.sockets: ${keys.join(', ')} of ${socket}: ${effect}`] : [];
  });
