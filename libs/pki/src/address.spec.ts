// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { parseAddress } from './address.js';

describe('an address', () => {
  it.each([
    ['192.168.101.6', '192.168.101.6'],
    ['FD00:0:0:0:0:0:0:6', 'fd00::6'],
    ['::', '::'],
    ['::1.2.3.4', '::102:304'],
    ['::ffff:192.168.101.6', '192.168.101.6'],
  ])('%s is written %s', (given, written) => {
    expect(parseAddress('ip', given)).toBe(written);
  });

  it.each(['192.168.101', 'net-vm', '', '192.168.101.6/24', '[::1]', 'fe80::1%eth0'])(
    'rejects the address %j',
    (given) => {
      expect(() => parseAddress('ip', given)).toThrow(/^ip: /);
    },
  );

  it('is shown in an error shortened and without control characters when it is invalid', () => {
    expect(() => parseAddress('ip', `\x9b2J${'x'.repeat(5_000)}`)).toThrow(
      /^ip: invalid IP address "\\u009b2Jx{97}…"$/,
    );
  });

  it('has one normal form, which is stable', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (given) => {
        const written = parseAddress('ip', given);
        expect(parseAddress('ip', written)).toBe(written);
      }),
    );
  });
});
