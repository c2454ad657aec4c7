// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { PeerBuckets } from './peer-buckets.js';

describe('the token buckets of peers', () => {
  it('are independent of each other', () => {
    const buckets = new PeerBuckets({ burst: 3, everyMs: 100 });
    const taken = (peer: string, now: number) =>
      Array.from({ length: 5 }, () => buckets.of(peer).take(now)).filter(Boolean).length;
    expect([taken('net-vm', 0), taken('gui-vm', 0), taken('net-vm', 100), taken('net-vm', 100_000)]).toEqual([
      3, 3, 1, 3,
    ]);
  });

  it('report whether the one of a peer is empty without taking a token', () => {
    const buckets = new PeerBuckets({ burst: 1, everyMs: 100 });
    expect(buckets.isEmpty('net-vm', 0)).toBe(false);
    expect(buckets.of('net-vm').take(0)).toBe(true);
    expect(buckets.isEmpty('net-vm', 99)).toBe(true);
    expect(buckets.isEmpty('gui-vm', 99)).toBe(false);
    expect(buckets.isEmpty('net-vm', 100)).toBe(false);
    expect(buckets.of('net-vm').take(100)).toBe(true);
  });

  it('remember the 1,024 peers that used theirs last; isEmpty does not add a peer', () => {
    const buckets = new PeerBuckets({ burst: 1, everyMs: 1_000 });
    buckets.of('net-vm').take(0);
    for (let n = 0; n < 1_023; n++) buckets.of(`peer ${n}`).take(0);
    for (let n = 0; n < 2_000; n++) expect(buckets.isEmpty(`unknown ${n}`, 0)).toBe(false);
    expect(buckets.isEmpty('peer 5', 0)).toBe(true);
    buckets.of('net-vm').take(0);
    buckets.of('another').take(0);
    expect([buckets.isEmpty('net-vm', 0), buckets.isEmpty('peer 0', 0)]).toEqual([true, false]);
  });
});
