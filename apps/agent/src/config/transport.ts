import * as z from 'zod/mini';
import { parsed } from '@givc/config';
import { parseEndpoint } from '@givc/model';

const words = z.strictObject({
  name: z.string(),
  addr: z.string(),
  port: z.union([z.string(), z.number()], { error: 'a port is needed, as a string or a number' }),
  protocol: z.string(),
});

/** A `transport` block: where a peer listens and the name of its certificate. */
export const transport = parsed(words, (field, { name, addr, port, protocol }) =>
  parseEndpoint(field, { Protocol: protocol, Address: addr, Port: String(port), Name: name }),
);
