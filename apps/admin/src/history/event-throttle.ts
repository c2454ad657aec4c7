// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout, TokenBucket, type Rate } from '@givc/time';

/** The number of units of one peer whose events wait. */
const maxWaiting = 1_000;

interface Peer {
  readonly bucket: TokenBucket;
  /** The units whose last state is not recorded yet, in the order of their last events. */
  readonly waiting: Set<string>;
  missed: number;
  timeout: Timeout | undefined;
}

/**
 * Gives each peer a share of the history. An event beyond it is only counted, but the last state of its unit is
 * recorded as soon as the rate permits it.
 */
export class EventThrottle {
  readonly #peers = new Map<string, Peer>();

  /** `recordLast` records the state that a unit has now, with the number of events that were left out before. */
  constructor(
    private readonly rate: Rate,
    private readonly recordLast: (unit: string, missed: number) => void,
  ) {}

  /**
   * Undefined when the event must not be recorded; else how many events of this peer were left out before it. `unit` is
   * the key of the unit whose state it changes.
   */
  take(name: string, unit?: string): number | undefined {
    const peer = this.#peerOf(name);
    if (peer.waiting.size === 0 && peer.bucket.take()) return missedOf(peer);
    peer.missed++;
    if (unit !== undefined) {
      peer.waiting.delete(unit);
      peer.waiting.add(unit);
      if (peer.waiting.size > maxWaiting) peer.waiting.delete(peer.waiting.values().next().value!);
      if (!peer.timeout) this.#wait(peer);
    }
    return undefined;
  }

  /** Forgets the units that wait. */
  close(): void {
    for (const peer of this.#peers.values()) peer.timeout?.cancel();
    this.#peers.clear();
  }

  #wait(peer: Peer): void {
    peer.timeout = new Timeout(peer.bucket.waitMs(), () => this.#next(peer), { unref: true });
  }

  #next(peer: Peer): void {
    // Timers may be early by a part of a millisecond.
    while (peer.waiting.size > 0 && peer.bucket.take()) {
      const [unit] = peer.waiting as Set<string> & Iterable<string>;
      peer.waiting.delete(unit!);
      this.recordLast(unit!, Math.max(0, missedOf(peer) - 1));
    }
    peer.timeout = undefined;
    if (peer.waiting.size > 0) this.#wait(peer);
  }

  #peerOf(name: string): Peer {
    const known = this.#peers.get(name);
    if (known) return known;
    for (const [each, { waiting, missed, bucket }] of this.#peers)
      if (waiting.size === 0 && missed === 0 && bucket.isFull()) this.#peers.delete(each);
    const peer: Peer = { bucket: new TokenBucket(this.rate), waiting: new Set(), missed: 0, timeout: undefined };
    this.#peers.set(name, peer);
    return peer;
  }
}

function missedOf(peer: Peer): number {
  const { missed } = peer;
  peer.missed = 0;
  return missed;
}
