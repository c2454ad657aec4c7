// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Does one work at a time, in the order of the calls. Work that fails does not keep the next from being done. Nothing
 * is cancelled and the queue has no limit: work that may hang needs a timeout, and callers that are many a `FairQueue`.
 */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Begins the work once all before it has ended, never before this returns; ends as the work does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const outcome = this.#last.then(work);
    this.#last = outcome.catch(() => undefined);
    return outcome;
  }
}
