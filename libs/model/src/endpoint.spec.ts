import fc from 'fast-check';
import { formatAddress, parseEndpoint, parseListenAddress, type Address } from './endpoint.js';
import { GivcError } from './givc-error.js';

const port = fc.nat(65_535);
const number32 = fc.nat(0xffffffff);
const socketPath = fc
  .string({ unit: fc.constantFrom(...'abcü /.:@[]-'), maxLength: 50 })
  .map((path) => `/${path}`)
  .filter((path) => Buffer.byteLength(path) <= 107);

const addresses: fc.Arbitrary<Address> = fc.oneof(
  fc.record({ protocol: fc.constant('tcp' as const), host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()), port }),
  fc.record({ protocol: fc.constant('unix' as const), path: socketPath }),
  fc.record({ protocol: fc.constant('vsock' as const), cid: number32, port: number32 }),
);

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...[
            '127.0.0.1',
            '::1',
            '[',
            ']',
            '[::1]',
            ':',
            '::',
            '@',
            '/',
            '../',
            '\0',
            '\n',
            ' ',
            '-',
            '%eth0',
            'localhost',
          ],
          ...[
            'vsock:',
            'unix:',
            '65535',
            '65536',
            '0',
            '-1',
            '1e3',
            '0x50',
            '４２',
            '4294967295',
            '4294967296',
            '.',
            '..',
          ],
        ),
        fc.string({ maxLength: 3 }),
      ),
      { maxLength: 5 },
    )
    .map((parts) => parts.join('')),
  fc.integer({ min: 1, max: 100_000 }).map((length) => `/${'a'.repeat(length)}`),
  fc.integer({ min: 1, max: 100_000 }).map((length) => `${'a'.repeat(length)}:1`),
);

function refusal(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(GivcError);
    expect((error as GivcError).reason).toBe('INVALID_ARGUMENT');
    return (error as GivcError).message;
  }
}

describe('an address to listen at', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseListenAddress('--listen', formatAddress(address))).toEqual(address);
      }),
      { numRuns: 1000 },
    );
  });

  it('is refused in one short line, or can be written and read again', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const message = refusal(() => {
          const address = parseListenAddress('--listen', text);
          expect(parseListenAddress('--listen', formatAddress(address))).toEqual(address);
          if (address.protocol === 'tcp') expect(address.host).toMatch(/^[A-Za-z0-9.:%-]{1,253}$/);
          else if (address.protocol !== 'vsock') expect(address.path).not.toContain('\0');
        });
        if (message !== undefined) expect(message).toMatch(/^--listen: [^\n\r\0]{1,1000}$/);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ...['', ':1', '1', '127.0.0.1', '127.0.0.1:', '127.0.0.1:65536', '127.0.0.1:-1', '127.0.0.1:1e3', '127.0.0.1:0x50'],
    ...[
      'a b:1',
      'a\n:1',
      '-a:1',
      '[::1:1',
      '::1]:1',
      '[]:1',
      '[a]:1',
      '127.0.0.1: 1',
      'vsock:a:1',
      'vsock:1:4294967296',
    ],
    ...['/a\0b', `/${'a'.repeat(107)}`, '１２７.0.0.1:1', 'bücher.example:1'],
  ])('is not %j', (text) => {
    expect(refusal(() => parseListenAddress('--listen', text))).toMatch(/^--listen: /);
  });
});

describe('an endpoint', () => {
  it('is read from what a peer tells of itself', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        const [Address, Port] =
          address.protocol === 'tcp'
            ? [address.host, String(address.port)]
            : address.protocol === 'vsock'
              ? [String(address.cid), String(address.port)]
              : [address.path, ''];
        const transport = { Protocol: address.protocol, Address, Port, Name: 'net-vm' };
        expect(parseEndpoint('Transport', transport)).toEqual({ name: 'net-vm', address });
      }),
    );
  });

  it('is refused in one short line that names the field', () => {
    const protocol = fc.oneof(fc.constantFrom('tcp', 'unix', 'abstract', 'vsock'), hostile);
    fc.assert(
      fc.property(protocol, hostile, hostile, hostile, (Protocol, Address, Port, Name) => {
        const message = refusal(() => parseEndpoint('Transport', { Protocol, Address, Port, Name }));
        if (message !== undefined)
          expect(message).toMatch(/^Transport\.(Protocol|Address|Port|Name): [^\n\r\0]{1,1000}$/);
      }),
      { numRuns: 5000 },
    );
  });
});
