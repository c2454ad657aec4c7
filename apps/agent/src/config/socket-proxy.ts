import * as z from 'zod/mini';
import { absent, defaulted, parsed } from '@givc/config';
import { formatAddress, invalid, parseVmName, type Address, type Endpoint } from '@givc/model';
import { absolutePath } from './absolute-path.js';
import { transport } from './transport.js';

const word = parsed(z.string(), (field, value) => {
  if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,31}$/.test(value)) throw invalid(field, 'the name of a user or group is needed');
  return value;
});

const mode = parsed(defaulted(z.string(), '0770'), (field, value) => {
  if (!/^0?[0-7]{3}$/.test(value)) throw invalid(field, 'a mode such as "0770" is needed');
  return parseInt(value, 8);
});

const maxConnections = parsed(defaulted(z.number(), 256), (field, value) => {
  if (!Number.isInteger(value) || value < 1 || value > 1_000) throw invalid(field, 'a number from 1 to 1000 is needed');
  return value;
});

/** An entry of the contract; ours are `permittedSource`, `owner`, `group`, `mode` and `maxConnections`. */
export const socketProxy = z.strictObject({
  transport,
  server: defaulted(z.boolean(), false),
  socket: absolutePath,
  /** Of a server: the only machine that may connect, instead of the one that the transport names. */
  permittedSource: absent(parsed(z.string(), parseVmName)),
  /** Of the socket that is made, when it is no server. */
  owner: absent(word),
  group: absent(word),
  mode,
  maxConnections,
});

export type SocketProxy = z.output<typeof socketProxy>;

/** Where an agent serves what is paired with the agent of `transport`: its own address, on the transport's port. */
export function servingAddress(self: Address, { address }: Endpoint): Address {
  if ((self.protocol === 'tcp' || self.protocol === 'vsock') && 'port' in address)
    return { ...self, port: address.port };
  throw invalid(
    'capabilities.socketProxy.sockets',
    `a server needs a port: neither this agent's own address (${formatAddress(self)}) nor the transport's (${formatAddress(address)}) can be without`,
  );
}

/** Throws INVALID_ARGUMENT when an entry cannot be served, or two would have the same port or socket. */
export function checkSocketProxies(self: Address, sockets: readonly SocketProxy[]): void {
  const taken = new Set<string>([formatAddress(self)]);
  for (const { transport, server, socket } of sockets) {
    const place = server ? formatAddress(servingAddress(self, transport)) : socket;
    if (taken.has(place) && !place.endsWith(':0'))
      throw invalid('capabilities.socketProxy.sockets', `${place} is taken already; each entry needs its own`);
    taken.add(place);
  }
}
