// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import {
  formatAddress,
  parseEndpoint,
  parseListenAddress,
  transportOf,
  type Address,
  type Endpoint,
} from './endpoint.js';
import { GivcError } from './givc-error.js';
import { unreachable } from './host-address.js';

const port = fc.nat(65_535);
const number32 = fc.nat(0xfffffffe);
const socketPath = fc
  .string({ unit: fc.constantFrom(...'abcü /.:@[]-'), maxLength: 50 })
  .map((path) => `/${path}`)
  .filter((path) => Buffer.byteLength(path) <= 107);

const addresses: fc.Arbitrary<Address> = fc.oneof(
  fc.record({
    protocol: fc.constant('tcp' as const),
    host: fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain()).filter((host) => unreachable(host) === undefined),
    port,
  }),
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

function rejection(parse: () => unknown): string | undefined {
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
  it('is parsed from its text', () => {
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseListenAddress('--listen', formatAddress(address))).toEqual(address);
      }),
      { numRuns: 1000 },
    );
  });

  it('can be formatted and parsed again, or is rejected in one short line', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const message = rejection(() => {
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
      '[::1]a:1',
      '::1]:1',
      '[]:1',
      '[a]:1',
      '127.0.0.1: 1',
      'vsock:a:1',
      'vsock:1:4294967296',
    ],
    ...['vsock:1e3:1', 'vsock:1:0x50', 'vsock:1:2:3', 'a-vsock:1:2', 'a/b', 'a unix:/b'],
    ...[
      '/a\0b',
      '/a\nb',
      '/a\r',
      '/a\u2028b',
      '/a\u200bb',
      '/\u001b[0m',
      '/\ud800',
      `/${'a'.repeat(107)}`,
      '１２７.0.0.1:1',
      'bücher.example:1',
    ],
  ])('rejects the listen address %j', (text) => {
    expect(rejection(() => parseListenAddress('--listen', text))).toMatch(/^--listen: /);
  });

  it.each(['', 'a', ':1'])('is rejected with its possible forms when it is %j', (text) => {
    expect(rejection(() => parseListenAddress('--listen', text))).toContain('expected ADDR:PORT, /path/of/a/socket');
  });

  it.each(['/a', 'unix:/a', 'unix:///a'])('is the socket /a when it is %s', (text) => {
    expect(parseListenAddress('--listen', text)).toEqual({ protocol: 'unix', path: '/a' });
  });

  it('may have a host of one letter, and a path of 107 bytes', () => {
    expect(parseListenAddress('--listen', 'a:1')).toEqual({ protocol: 'tcp', host: 'a', port: 1 });
    const path = `/${'a'.repeat(106)}`;
    expect(parseListenAddress('--listen', path)).toEqual({ protocol: 'unix', path });
  });
});

describe('an endpoint', () => {
  it('is parsed from the transport of a peer', () => {
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

  it('is rejected in one short line that names the field', () => {
    const protocol = fc.oneof(fc.constantFrom('tcp', 'unix', 'abstract', 'vsock'), hostile);
    fc.assert(
      fc.property(protocol, hostile, hostile, hostile, (Protocol, Address, Port, Name) => {
        const message = rejection(() => parseEndpoint('Transport', { Protocol, Address, Port, Name }));
        if (message !== undefined)
          expect(message).toMatch(/^Transport\.(Protocol|Address|Port|Name): [^\n\r\0]{1,1000}$/);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['Protocol', { Protocol: 'udp' }],
    ['Address', { Protocol: 'tcp', Address: 'a b' }],
    ['Port', { Protocol: 'tcp', Port: '65536' }],
    ['Address', { Protocol: 'unix', Address: '' }],
    ['Address', { Protocol: 'abstract', Address: 'a\0b' }],
    ['Address', { Protocol: 'vsock', Address: 'a' }],
    ['Port', { Protocol: 'vsock', Port: '4294967296' }],
    ['Name', { Protocol: 'tcp', Name: '-' }],
  ])('is rejected because of %s when it is %j', (field, transport) => {
    const parse = () => parseEndpoint('T', { Address: '1', Port: '1', Name: 'a', ...transport });
    expect(rejection(parse)).toMatch(new RegExp(`^T\\.${field}: `));
  });

  it.each([
    [{ protocol: 'tcp', host: '::1', port: 1 }, '[::1]:1', { Protocol: 'tcp', Address: '::1', Port: '1' }],
    [{ protocol: 'unix', path: '/a' }, '/a', { Protocol: 'unix', Address: '/a', Port: '' }],
    [{ protocol: 'abstract', path: 'a' }, '@a', { Protocol: 'abstract', Address: 'a', Port: '' }],
    [{ protocol: 'vsock', cid: 3, port: 4 }, 'vsock:3:4', { Protocol: 'vsock', Address: '3', Port: '4' }],
  ] as const)('is formatted from %j as %s, and sent to a peer as %j', (address, text, transport) => {
    expect(formatAddress(address)).toBe(text);
    expect(transportOf({ name: 'a', address } as Endpoint)).toEqual({ Name: 'a', ...transport });
  });
});

describe('a host', () => {
  it.each(['192.168.100.999', '0192.168.1.1', '1.2.3.256'])(
    'is not the name %s, which looks like an address',
    (host) => {
      expect(() => parseListenAddress('listen', `${host}:1`)).toThrow(
        `listen: invalid IPv4 address "${host}": expected four numbers of 0-255, without leading zeros`,
      );
    },
  );

  it.each(['net-vm', 'net-vm.ghaf', '3com.example', '127.1', '10.0.0.1', 'fe80::1%eth0'])(
    'accepts the host %s',
    (host) => {
      expect(parseListenAddress('listen', `${host.includes(':') ? `[${host}]` : host}:1`)).toMatchObject({ host });
    },
  );
});

describe('the address of a peer', () => {
  const parse = (Protocol: string, Address: string) =>
    parseEndpoint('T', { Protocol, Address, Port: '1', Name: 'a' }).address;

  it.each([
    ...['0.0.0.0', '0.1.2.3', '::', '0:0:0:0:0:0:0:0', '[::]', '0', '0.0', '0x0', '::ffff:0.0.0.0'],
    ...['224.0.0.1', '239.255.255.250', 'ff02::1', 'ff02::1%eth0', '::ffff:224.0.0.1'],
    ...['255.255.255.255', '240.0.0.1', 'fe80::1', 'FE80::1', 'febf::1', '[fe80::1]'],
  ])('is not %s, which reaches no peer', (host) => {
    expect(rejection(() => parse('tcp', host))).toMatch(
      /^T\.Address: invalid address of a peer .*: (it (is|stands for) |a link-local address needs its zone)/,
    );
  });

  it.each(['127.0.0.1', '::1', '192.168.100.255', '169.254.1.1', 'fe80::1%eth0', 'fec0::1', 'fd00::1', '0a.example'])(
    'accepts the peer address %s',
    (host) => {
      expect(parse('tcp', host)).toMatchObject({ host });
    },
  );

  it.each([
    ['unix:///run/x', '/run/x'],
    ['unix:/run/x', '/run/x'],
    ['/run/x', '/run/x'],
    ['/unix:/run/x', '/unix:/run/x'],
  ])('has for the socket %s the path %s', (address, path) => {
    expect(parse('unix', address)).toEqual({ protocol: 'unix', path });
  });
});

describe('an address of vsock', () => {
  const any = 0xffffffff;

  it.each([
    ['vsock:any:9001', { cid: any, port: 9001 }, 'vsock:any:9001'],
    ['vsock:-1:9001', { cid: any, port: 9001 }, 'vsock:any:9001'],
    ['vsock:4294967295:9001', { cid: any, port: 9001 }, 'vsock:any:9001'],
    ['vsock:2:any', { cid: 2, port: any }, 'vsock:2:any'],
    ['vsock:0:4294967294', { cid: 0, port: 4294967294 }, 'vsock:0:4294967294'],
  ])('is parsed from %s as a listen address', (text, address, formatted) => {
    const parsed = parseListenAddress('--listen', text);
    expect(parsed).toEqual({ protocol: 'vsock', ...address });
    expect(formatAddress(parsed)).toBe(formatted);
  });

  it.each(['any', '-1', '4294967295', '-2', ''])('is rejected for a peer with the CID or the port %j', (value) => {
    const transport = { Protocol: 'vsock', Address: '3', Port: '9000', Name: 'net-vm' };
    const problem = `invalid vsock number of a peer "${value}": expected 0-4294967294`;
    expect(rejection(() => parseEndpoint('T', { ...transport, Address: value }))).toBe(`T.Address: ${problem}`);
    expect(rejection(() => parseEndpoint('T', { ...transport, Port: value }))).toBe(`T.Port: ${problem}`);
  });
});
