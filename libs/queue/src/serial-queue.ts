// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Runs one work at a time, in the order of the calls. Failed work does not affect the next. Nothing is cancelled, and
 * the length is unlimited: work that may hang needs a timeout, and many callers need a `FairQueue`.
 */
export class SerialQueue {
  #last: Promise<unknown> = Promise.resolve();

  /** Starts the work once all earlier work has ended, never before this method returns. Has the outcome of the work. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const outcome = this.#last.then(work);
    this.#last = outcome.catch(() => undefined);
    return outcome;
  }
}
