// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { defaulted, described, parsed } from '@givc/config';
import { GivcError, invalid, parseEndpoint, sameEndpoint, type Endpoint } from '@givc/model';

const fields = z.strictObject({
  name: described(z.string(), 'The name in the certificate of the machine.'),
  addr: described(
    z.string(),
    'tcp: a name or an IP address; unix: the path of a socket; abstract: the name of a socket; vsock: the CID of the ' +
      'machine.',
  ),
  port: described(
    z.union([z.string(), z.number()], { error: 'invalid port: expected a string or a number' }),
    'tcp: 0-65535; vsock: a number of 32 bits; none for unix and abstract.',
  ),
  protocol: described(z.string(), 'tcp, unix, abstract or vsock.', { examples: ['tcp', 'unix', 'abstract', 'vsock'] }),
});

/** The keys of the file, by the names of the contract. */
const keys: Readonly<Record<string, string>> = { Protocol: 'protocol', Address: 'addr', Port: 'port', Name: 'name' };

type Fields = z.output<typeof fields>;

const parseTransport = (field: string, { name, addr, port, protocol }: Fields): Endpoint => {
  try {
    return parseEndpoint(field, { Protocol: protocol, Address: addr, Port: String(port), Name: name });
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    const name = error.field?.slice(`${field}.`.length) ?? '';
    throw invalid(`${field}.${keys[name] ?? name}`, error.problem);
  }
};

/** A `transport` block: where a peer listens and the name of its certificate. */
export const transport = parsed(fields, parseTransport);

const fallback: Fields = { name: 'localhost', addr: '127.0.0.1', port: '9000', protocol: 'tcp' };

/**
 * Like `transport`, for the peer of an entry; each missing key has its default. A peer with only defaults means that
 * there is no peer.
 */
export const peerTransport = parsed(
  defaulted(
    z.strictObject({
      name: defaulted(fields.shape.name, fallback.name),
      addr: defaulted(fields.shape.addr, fallback.addr),
      port: defaulted(fields.shape.port, fallback.port),
      protocol: defaulted(fields.shape.protocol, fallback.protocol),
    }),
    {},
  ),
  parseTransport,
);

/** Whether the peer of an entry is the default, which switches the entry off. */
export const isDefaultPeer = (peer: Endpoint): boolean => sameEndpoint(peer, parseTransport('', fallback));
