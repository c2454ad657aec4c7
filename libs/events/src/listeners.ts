// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

interface Subscription<Args extends readonly unknown[]> {
  readonly listener: (...args: Args) => void;
}

/**
 * Functions that are called for each event, in the order in which they were added, before `notify` returns. One that is
 * added during an event gets the next one; one that is removed during an event is not called any more. A listener that
 * throws does not keep the others from being called; `notify` throws the first error afterwards, so that it reaches the
 * code that caused the event. (A Subject of rxjs throws it from a timer, which ends the process.)
 */
export class Listeners<Args extends readonly unknown[] = []> {
  readonly #subscriptions = new Set<Subscription<Args>>();

  get size(): number {
    return this.#subscriptions.size;
  }

  /**
   * Adds a listener; the same function may be added several times. Returns a function that removes it and returns
   * whether it was still there.
   */
  add(listener: (...args: Args) => void): () => boolean {
    const subscription = { listener };
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  notify(...args: Args): void {
    const errors: unknown[] = [];
    for (const subscription of [...this.#subscriptions]) {
      if (!this.#subscriptions.has(subscription)) continue;
      try {
        subscription.listener(...args);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
