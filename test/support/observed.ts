// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { waitLimitMs } from '../lab/limits.js';

/** A state that a test follows. Awaited conditions are evaluated again after each change. */
export class Observed {
  readonly #waiting = new Set<() => void>();
  #ended: Error | undefined;

  /** `text` describes the state in the error of a condition that is not met in time. */
  constructor(private readonly text: () => string) {}

  get hasEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** Evaluates the awaited conditions again. */
  changed(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Ends the observation: conditions that are not true reject with the error. */
  end(error: Error): void {
    this.#ended = error;
    this.changed();
  }

  /**
   * Resolves with the first truthy result of the condition, now or after a change; rejects after `limit` milliseconds.
   */
  async until<T>(what: string, condition: () => T | undefined | false, limit = waitLimitMs): Promise<T> {
    const deadline = AbortSignal.timeout(Math.max(0, Math.round(limit)));
    for (;;) {
      const found = condition();
      if (found) return found;
      if (this.#ended) throw this.#ended;
      if (deadline.aborted) throw new Error(`${what}: not in ${limit} ms; ${this.text()}`);
      await this.#next(deadline);
    }
  }

  #next(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        deadline.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      deadline.addEventListener('abort', wake);
    });
  }
}
