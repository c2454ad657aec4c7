// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { TokenBuckets } from './token-buckets.js';

describe('a token bucket', () => {
  it('gives each peer a burst, then tokens at the given rate, and at most the burst after a pause', () => {
    const buckets = new TokenBuckets(3, 10);
    const taken = (peer: string, now: number, times: number) =>
      Array.from({ length: times }, () => buckets.take(peer, now).isTaken).filter(Boolean).length;
    expect(taken('net-vm', 0, 5)).toBe(3);
    expect(taken('gui-vm', 0, 5)).toBe(3);
    expect(taken('net-vm', 100, 5)).toBe(1);
    expect(taken('net-vm', 100_000, 5)).toBe(3);
    expect(buckets.take('net-vm', 100_000).bucket.missed).toBe(2 + 4 + 2 + 1);
  });

  it('reports whether it is empty without taking a token', () => {
    const buckets = new TokenBuckets(1, 10);
    expect(buckets.isEmpty('net-vm', 0)).toBe(false);
    expect(buckets.take('net-vm', 0).isTaken).toBe(true);
    expect(buckets.isEmpty('net-vm', 99)).toBe(true);
    expect(buckets.isEmpty('gui-vm', 99)).toBe(false);
    expect(buckets.isEmpty('net-vm', 100)).toBe(false);
    expect(buckets.take('net-vm', 100).isTaken).toBe(true);
  });
});
