import * as z from 'zod/mini';
import { defaulted, parsed } from '@givc/config';
import { assertSupported, GivcError, messageOf, parseEndpoint, sameEndpoint, type Endpoint } from '@givc/model';

const words = z.strictObject({
  name: z.string(),
  addr: z.string(),
  port: z.union([z.string(), z.number()], { error: 'invalid port: expected a string or a number' }),
  protocol: z.string(),
});

/** The keys of the file, by the names that the wire has for them. */
const keys: Readonly<Record<string, string>> = { Protocol: 'protocol', Address: 'addr', Port: 'port', Name: 'name' };

type Words = z.output<typeof words>;

const parseTransport = (field: string, { name, addr, port, protocol }: Words): Endpoint => {
  try {
    const endpoint = parseEndpoint(field, { Protocol: protocol, Address: addr, Port: String(port), Name: name });
    assertSupported(`${field}.Protocol`, endpoint.address);
    return endpoint;
  } catch (error) {
    const message = messageOf(error).replace(/^\.(\w+)/, (_, name: string) => `.${keys[name] ?? name}`);
    throw new GivcError('INVALID_ARGUMENT', message, { cause: error });
  }
};

/** A `transport` block: where a peer listens and the name of its certificate. */
export const transport = parsed(words, parseTransport);

const fallback: Words = { name: 'localhost', addr: '127.0.0.1', port: '9000', protocol: 'tcp' };

/** As `transport`, of the peer of an entry; each key that is missing has its default, with which nothing is meant. */
export const peerTransport = parsed(
  defaulted(
    z.strictObject({
      name: defaulted(words.shape.name, fallback.name),
      addr: defaulted(words.shape.addr, fallback.addr),
      port: defaulted(words.shape.port, fallback.port),
      protocol: defaulted(words.shape.protocol, fallback.protocol),
    }),
    {},
  ),
  parseTransport,
);

/** Whether an entry's peer is the default, which means that the entry is switched off. */
export const isDefaultPeer = (peer: Endpoint): boolean => sameEndpoint(peer, parseTransport('', fallback));
