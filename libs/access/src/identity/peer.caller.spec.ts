// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callerOf } from './peer.js';

const addressOf = (peer: string) => callerOf({ getAuthContext: () => ({}), getPeer: () => peer }).address;

describe('the address of a caller', () => {
  it.each([
    ['192.168.100.3:4711', '192.168.100.3'],
    ['2001:db8::1:4711', '2001:db8::1'],
    ['fe80::1%eth0:4711', 'fe80::1'],
    ['unknown', undefined],
  ])('is extracted from %s as %s', (peer, address) => {
    expect(addressOf(peer)).toBe(address);
  });
});
