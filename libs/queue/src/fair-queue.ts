// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { Timeout } from '@givc/time';
import { callerCancelled, Slot, seconds, type SlotLimits, type QueuedCall } from './slot.js';

export interface QueueSettings extends SlotLimits {
  /** The maximum number of calls at work. */
  readonly slots: number;
  /** The maximum number of waiting calls. */
  readonly waiting: number;
  /** The maximum number of calls of one caller, at work or waiting. */
  readonly ofCaller: number;
  /** A caller that passes on the calls of others and limits them itself; it may use the whole queue. */
  readonly relay?: string | undefined;
  /** The time limit of a waiting call. */
  readonly waitMs: number;
  /** The fix for a rejected caller, such as the setting to change. */
  readonly fix: string;
}

/** The maximum number of callers whose last turn is remembered. */
const maxTurns = 1_024;

interface Waiter {
  readonly call: QueuedCall;
  readonly begin: (slot: Slot) => void;
  readonly reject: (error: GivcError) => void;
}

/**
 * A queue that limits how many calls are at work. A caller, identified by the name in its certificate or else by its
 * address, cannot exceed its share of the queue. The next call is of the waiting caller with the fewest calls at work,
 * or among equals of the one whose last turn was the longest ago. `SlotLimits` bound how long a call may keep its slot.
 */
export class FairQueue {
  readonly #slots = new Set<Slot>();
  /** By caller, each with at least one waiter, in the order of arrival. */
  readonly #waiting = new Map<string, Set<Waiter>>();
  /** The last turn of each caller since the queue was idle, as an increasing number. */
  readonly #turns = new Map<string, number>();
  #turn = 0;

  constructor(private readonly settings: QueueSettings) {}

  /** The number of calls at work. */
  get size(): number {
    return this.#slots.size;
  }

  /**
   * Runs the work as soon as there is a slot, and has its outcome; after the slot has expired, the error is the slot's.
   * RESOURCE_EXHAUSTED when the queue or the caller's share is full, or the wait takes too long; CANCELLED when the
   * caller hangs up while it waits.
   */
  async run<T>(call: QueuedCall, work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = await this.enter(call);
    try {
      return await work(slot);
    } catch (error) {
      throw slot.isExpired ? slot.reason : error;
    } finally {
      slot.release();
    }
  }

  /** Like `run`, for work that outlives its call: resolves with the slot, which is held until its `release`. */
  enter(call: QueuedCall): Promise<Slot> {
    const { caller, signal } = call;
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(callerCancelled());
      const { ofCaller, relay, slots, waiting, waitMs, fix, name } = this.settings;
      if (caller !== relay && this.#countOf(caller) >= ofCaller)
        return reject(this.#rejection(`${quantity(ofCaller)} of one caller may be open`));
      const hangUp = () => waiter.reject(callerCancelled());
      const settle = () => {
        limit.cancel();
        signal.removeEventListener('abort', hangUp);
        this.#forget(waiter);
      };
      const late = new GivcError('RESOURCE_EXHAUSTED', `${name}: no slot was free within ${seconds(waitMs)}; ${fix}`);
      const limit = new Timeout(waitMs, () => waiter.reject(late), { unref: true });
      const waiter: Waiter = {
        call,
        begin: (slot) => {
          settle();
          resolve(slot);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      signal.addEventListener('abort', hangUp, { once: true });
      this.#waitersOf(caller).add(waiter);
      this.#fill();
      if (!this.#isWaiting(waiter) || this.#reclaimFor(caller) || this.#countWaiting() <= waiting) return;
      const more = waiting > 0 ? ` and ${waiting} wait` : '';
      waiter.reject(this.#rejection(`${quantity(slots)} may be at work at once${more}`));
    });
  }

  #rejection(problem: string): GivcError {
    return new GivcError('RESOURCE_EXHAUSTED', `${this.settings.name}: ${problem}; ${this.settings.fix}`);
  }

  /** Gives every free slot to the next waiter. */
  #fill(): void {
    while (this.#slots.size < this.settings.slots) {
      const waiter = this.#next();
      if (!waiter) return;
      const slot = new Slot(
        waiter.call,
        this.settings,
        () => this.#contest(),
        (left) => {
          if (!this.#slots.delete(left)) return;
          this.#fill();
          if (this.#slots.size === 0) this.#turns.clear();
        },
      );
      this.#slots.add(slot);
      this.#hadTurn(slot.caller);
      waiter.begin(slot);
    }
  }

  #hadTurn(caller: string): void {
    this.#turns.delete(caller);
    this.#turns.set(caller, ++this.#turn);
    if (this.#turns.size > maxTurns) this.#turns.delete(this.#turns.keys().next().value!);
  }

  #next(): Waiter | undefined {
    const [next] = [...this.#waiting.keys()].sort(
      (a, b) => this.#slotsOf(a) - this.#slotsOf(b) || (this.#turns.get(a) ?? 0) - (this.#turns.get(b) ?? 0),
    );
    const [waiter] = (next !== undefined && this.#waiting.get(next)) || [];
    return waiter;
  }

  /** A slot is overdue, and a call may wait for it. */
  #contest(): void {
    for (const caller of this.#waiting.keys()) if (this.#reclaimFor(caller)) return;
  }

  /**
   * Whether a slot becomes free for this caller: the oldest overdue one of the caller that has the most, unless this
   * one would have as many then.
   */
  #reclaimFor(caller: string): boolean {
    const slots = [...this.#slots];
    const ending = slots.filter(({ isExpired }) => isExpired).length;
    if (ending > 0 && ending >= this.#countWaiting()) return true;
    const most = Math.max(...slots.map((slot) => this.#slotsOf(slot.caller)));
    const slot = slots.find(
      ({ caller: holder, isOverdue, isExpired }) => isOverdue && !isExpired && this.#slotsOf(holder) === most,
    );
    if (!slot || slot.caller === caller || most <= this.#slotsOf(caller)) return false;
    slot.reclaim();
    return true;
  }

  #waitersOf(caller: string): Set<Waiter> {
    const waiters = this.#waiting.get(caller) ?? new Set();
    this.#waiting.set(caller, waiters);
    return waiters;
  }

  #isWaiting(waiter: Waiter): boolean {
    return this.#waiting.get(waiter.call.caller)?.has(waiter) ?? false;
  }

  #forget(waiter: Waiter): void {
    const { caller } = waiter.call;
    const waiters = this.#waiting.get(caller);
    if (waiters?.delete(waiter) && waiters.size === 0) this.#waiting.delete(caller);
  }

  #countOf(caller: string): number {
    return this.#slotsOf(caller) + (this.#waiting.get(caller)?.size ?? 0);
  }

  #slotsOf(caller: string): number {
    let count = 0;
    for (const slot of this.#slots) if (slot.caller === caller) count++;
    return count;
  }

  #countWaiting(): number {
    let count = 0;
    for (const waiters of this.#waiting.values()) count += waiters.size;
    return count;
  }
}

const quantity = (count: number): string => (count === 1 ? 'one call' : `${count} calls`);
