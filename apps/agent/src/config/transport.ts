import * as z from 'zod/mini';
import { parsed } from '@givc/config';
import { GivcError, messageOf, parseEndpoint } from '@givc/model';

const words = z.strictObject({
  name: z.string(),
  addr: z.string(),
  port: z.union([z.string(), z.number()], { error: 'a port is needed, as a string or a number' }),
  protocol: z.string(),
});

/** The keys of the file, by the names that the wire has for them. */
const keys: Readonly<Record<string, string>> = { Protocol: 'protocol', Address: 'addr', Port: 'port', Name: 'name' };

/** A `transport` block: where a peer listens and the name of its certificate. */
export const transport = parsed(words, (field, { name, addr, port, protocol }) => {
  try {
    return parseEndpoint(field, { Protocol: protocol, Address: addr, Port: String(port), Name: name });
  } catch (error) {
    const message = messageOf(error).replace(/^\.(\w+)/, (_, name: string) => `.${keys[name] ?? name}`);
    throw new GivcError('INVALID_ARGUMENT', message, { cause: error });
  }
});
