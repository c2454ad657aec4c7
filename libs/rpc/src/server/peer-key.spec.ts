// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { networkOf } from './peer-key.js';

describe('the key of a peer by its address', () => {
  it.each([
    ['fd00:1:2:3::1', 'fd00:1:2:3:ffff:ffff:ffff:ffff'],
    ['fd00::1', 'fd00:0:0:0:1::2'],
    ['::1', '::ffff:0:1'],
    ['2001:DB8::1', '2001:0db8::2'],
    ['fe80::1%eth0', 'fe80::2%eth0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
  ])('is the same of %s and %s', (one, other) => {
    expect(networkOf(one)).toBe(networkOf(other));
  });

  it.each([
    ['fd00:1:2:3::1', 'fd00:1:2:4::1'],
    ['fd00::1', 'fd01::1'],
    ['fe80::1%eth0', 'fe80::1%eth1'],
    ['10.0.0.1', '10.0.0.2'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.2'],
  ])('is not the same of %s and %s', (one, other) => {
    expect(networkOf(one)).not.toBe(networkOf(other));
  });
});
