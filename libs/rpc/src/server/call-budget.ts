// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { GivcError } from '@givc/model';
import type { CountedCall, PeerBudget, PeerBudgets } from './peer-budgets.js';

/** The overhead of a chunk, or of a message in a queue. */
const overhead = 256;
/** The factor by which the values of a request may be larger than its bytes, such as a list of short strings. */
const decodedFactor = 8;

/** The actions of a budget on its call. */
export interface BudgetedCall {
  /** The number of messages that its handler has not read. */
  readonly unread: number;
  reject(error: GivcError): void;
}

/**
 * The bytes of one call, each counted from its arrival until the handler reads it or the call ends: 256 more for each
 * chunk that is kept, and for each message. A request of one message is kept by the call itself, so it counts until the
 * end, and eight times, as its values may.
 */
export class CallBudget implements CountedCall {
  #budget: PeerBudget | undefined;
  #bytes = 0;
  #chunks = 0;
  /** The sizes of the messages that the handler may not have read, in order. */
  readonly #messages: number[] = [];

  constructor(
    private readonly budgets: PeerBudgets,
    private readonly call: BudgetedCall,
  ) {}

  get bytes(): number {
    return this.#bytes;
  }

  get isOpen(): boolean {
    return this.#budget !== undefined;
  }

  /** Counts the call. Throws RESOURCE_EXHAUSTED. */
  open(peer: string): void {
    this.#budget = this.budgets.open(peer, this);
  }

  /** Counts a chunk that has arrived. */
  arrived(bytes: number): void {
    this.#count(bytes + overhead);
  }

  /** Counts a chunk as part of a message. */
  kept(): void {
    this.#chunks++;
  }

  /** Releases the overhead of the chunks of the current message. */
  released(): void {
    this.#count(-overhead * this.#chunks);
    this.#chunks = 0;
  }

  /** Counts the only message of the call, which is complete. */
  single(bytes: number): void {
    this.#count(bytes * (decodedFactor - 1) + overhead);
  }

  /** Counts one of several messages, which is complete. */
  message(bytes: number): void {
    this.#count(overhead);
    this.#messages.push(bytes + overhead);
  }

  settle(): void {
    const { unread } = this.call;
    while (this.#messages.length > unread) this.#count(-this.#messages.shift()!);
  }

  reject(error: GivcError): void {
    this.call.reject(error);
  }

  /** Releases everything, once. */
  close(): void {
    const budget = this.#budget;
    if (!budget) return;
    this.#count(-this.#bytes);
    this.#budget = undefined;
    this.budgets.close(budget, this);
  }

  #count(bytes: number): void {
    if (!this.#budget || bytes === 0) return;
    this.#bytes += bytes;
    this.budgets.count(this.#budget, this, bytes);
  }
}
