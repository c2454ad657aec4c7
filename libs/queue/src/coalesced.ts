// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

interface Run<T> {
  readonly outcome: Promise<T>;
  next?: Promise<T>;
}

/**
 * Work whose outcome many callers share, for each key or as a whole: of one key it is done once at a time. A caller
 * that asks while it is being done gets the outcome of the next time, which has seen all that was so when they asked,
 * also when the time before has failed. Nothing is cancelled, and nothing is kept once no work is being done.
 */
export class Coalesced<T, Key = void> {
  readonly #runs = new Map<Key, Run<T>>();

  constructor(private readonly work: (key: Key) => Promise<T>) {}

  get(key: Key): Promise<T> {
    const running = this.#runs.get(key);
    if (!running) return this.#run(key);
    const again = () => this.#run(key);
    return (running.next ??= running.outcome.then(again, again));
  }

  #run(key: Key): Promise<T> {
    const run: Run<T> = { outcome: this.work(key) };
    this.#runs.set(key, run);
    const end = () => {
      if (!run.next) this.#runs.delete(key);
    };
    run.outcome.then(end, end);
    return run.outcome;
  }
}
