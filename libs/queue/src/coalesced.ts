// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Work whose outcome many callers share: it is done once at a time, and a caller that asks while it is being done gets the
 * outcome of the next time, which has seen all that was so when they asked.
 */
export class Coalesced<T> {
  #running: Promise<T> | undefined;
  #next: Promise<T> | undefined;

  constructor(private readonly work: () => Promise<T>) {}

  get(): Promise<T> {
    if (!this.#running) return this.#run();
    return (this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.#run();
      }));
  }

  #run(): Promise<T> {
    const running = this.work().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return (this.#running = running);
  }
}
