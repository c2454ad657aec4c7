// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Observable } from 'rxjs';
import { callerKey, callerOf } from '@givc/access';
import type { Encoded, ServerStreamingCall } from '@givc/rpc';
import { RegistryStore } from './registry-store.js';
import { WatchBudget } from './watch-budget.js';
import { WatchQueue } from './watch-queue.js';

type WatchCall = ServerStreamingCall<Encoded>;

/** Streams the registry: first the whole list, then each change once and in order, without a gap. */
@Injectable()
export class WatchService {
  readonly #queues = new Set<WatchQueue>();
  readonly #budgets = new Map<string, WatchBudget>();

  constructor(private readonly store: RegistryStore) {}

  /** The number of watchers. */
  get count(): number {
    return this.#queues.size;
  }

  /** The number of changes that wait for watchers to read. */
  get backlog(): number {
    let waiting = 0;
    for (const queue of this.#queues) waiting += queue.size;
    return waiting;
  }

  /**
   * Writes to the call itself, so that changes wait in a bounded queue while the caller does not read. The Observable
   * emits nothing; it lives as long as the call. It fails with RESOURCE_EXHAUSTED when the caller exceeds its budget.
   */
  watch(call: WatchCall): Observable<never> {
    return new Observable(() => {
      const peer = callerKey(callerOf(call));
      const budget = this.#budgetOf(peer);
      budget.open();
      const queue = new WatchQueue();
      this.#queues.add(queue);
      const write = (message: Encoded): boolean => {
        const arrived = budget.send(message.length);
        deliveries.add(arrived);
        return call.write(message, () => {
          deliveries.delete(arrived);
          arrived();
        });
      };
      const deliveries = new Set<() => void>();
      let writable = write(this.store.list().initial);
      const send = () => {
        while (writable && queue.size > 0 && budget.take(send)) writable = write(queue.shift()!);
      };
      const drain = () => {
        writable = true;
        send();
      };
      call.on('drain', drain);
      const stop = this.store.onChange((change) => {
        queue.push(change);
        send();
      });
      return () => {
        this.#queues.delete(queue);
        stop();
        call.off('drain', drain);
        for (const arrived of deliveries) arrived();
        budget.close(send);
        if (budget.isIdle) this.#budgets.delete(peer);
      };
    });
  }

  #budgetOf(peer: string): WatchBudget {
    const known = this.#budgets.get(peer);
    if (known) return known;
    for (const [each, { isIdle }] of this.#budgets) if (isIdle) this.#budgets.delete(each);
    const budget = new WatchBudget();
    this.#budgets.set(peer, budget);
    return budget;
  }
}
