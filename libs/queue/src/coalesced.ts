// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

interface Run<T> {
  readonly outcome: Promise<T>;
  next?: Promise<T>;
}

/**
 * Work whose outcome concurrent callers share, for each key or as a whole; it runs once at a time for each key. A
 * caller that requests it while it runs gets the outcome of the next run, even if the present run fails, because only
 * the next run is sure to see the state at the time of the request. Nothing is cancelled, and nothing is kept once no
 * work runs.
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
