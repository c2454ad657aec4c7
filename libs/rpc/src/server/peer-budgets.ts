// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { ServerLimits } from './limits.js';

/** An open call and its bytes. */
export interface CountedCall {
  /** The bytes that are counted for it. */
  readonly bytes: number;
  /** Releases what its handler has read since it was counted. */
  settle(): void;
  /** Ends it, and releases everything. */
  reject(error: GivcError): void;
}

/** The resources of a server that one peer uses. */
export interface PeerBudget {
  readonly peer: string;
  readonly calls: Set<CountedCall>;
  bytes: number;
}

type Limits = Pick<ServerLimits, 'openCalls' | 'openCallsOfPeer' | 'undeliveredBytes' | 'undeliveredBytesOfPeer'>;

const largestOf = <Counted extends { readonly bytes: number }>(all: Iterable<Counted>): Counted | undefined => {
  let largest: Counted | undefined;
  for (const one of all) if (!largest || one.bytes > largest.bytes) largest = one;
  return largest;
};

/** The numbers of calls, and of bytes that no handler has read, for each peer of a server and in total. */
export class PeerBudgets {
  readonly #peers = new Map<string, PeerBudget>();
  #calls = 0;
  #bytes = 0;

  constructor(private readonly limits: Limits) {}

  /** Counts a call of a peer until `close`. Throws RESOURCE_EXHAUSTED when there are too many. */
  open(peer: string, call: CountedCall): PeerBudget {
    const { openCalls, openCallsOfPeer } = this.limits;
    const budget = this.#peers.get(peer) ?? { peer, calls: new Set(), bytes: 0 };
    // The rule of `ServerLimits`.
    if (budget.calls.size >= Math.min(openCallsOfPeer, openCalls - this.#calls))
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many open calls: at most ${openCallsOfPeer} of one caller and ${openCalls} in all`,
      );
    this.#peers.set(peer, budget);
    budget.calls.add(call);
    this.#calls++;
    return budget;
  }

  close(budget: PeerBudget, call: CountedCall): void {
    if (!budget.calls.delete(call)) return;
    this.#calls--;
    if (budget.calls.size === 0) this.#peers.delete(budget.peer);
  }

  /** Counts bytes that a call has received, or released. Rejects that call, or another, when there are too many. */
  count(budget: PeerBudget, call: CountedCall, bytes: number): void {
    budget.bytes += bytes;
    this.#bytes += bytes;
    if (bytes <= 0) return;
    if (budget.bytes > this.limits.undeliveredBytesOfPeer) this.#bound(budget, call);
    while (this.#bytes > this.limits.undeliveredBytes) if (!this.#relieve()) return;
  }

  #bound(budget: PeerBudget, call: CountedCall): void {
    const { undeliveredBytesOfPeer: most } = this.limits;
    for (const one of budget.calls) one.settle();
    if (budget.bytes > most)
      call.reject(
        new GivcError(
          'RESOURCE_EXHAUSTED',
          `at most ${most} bytes of one caller wait to be handled: send less at once`,
        ),
      );
  }

  /** Returns whether any bytes were released. */
  #relieve(): boolean {
    const before = this.#bytes;
    for (const { calls } of this.#peers.values()) for (const call of calls) call.settle();
    if (this.#bytes < before) return true;
    largestOf(largestOf(this.#peers.values())?.calls ?? [])?.reject(
      new GivcError(
        'RESOURCE_EXHAUSTED',
        `at most ${this.limits.undeliveredBytes} bytes wait to be handled, and this caller has most of them`,
      ),
    );
    return this.#bytes < before;
  }
}
