import { TokenBuckets } from './token-buckets.js';

describe('a token bucket', () => {
  it('gives each peer a burst, then so many a second, and no more than the burst after a pause', () => {
    const buckets = new TokenBuckets(3, 10);
    const taken = (peer: string, now: number, times: number) =>
      Array.from({ length: times }, () => buckets.take(peer, now).isTaken).filter(Boolean).length;
    expect(taken('net-vm', 0, 5)).toBe(3);
    expect(taken('gui-vm', 0, 5)).toBe(3);
    expect(taken('net-vm', 100, 5)).toBe(1);
    expect(taken('net-vm', 100_000, 5)).toBe(3);
    expect(buckets.take('net-vm', 100_000).bucket.missed).toBe(2 + 4 + 2 + 1);
  });
});
