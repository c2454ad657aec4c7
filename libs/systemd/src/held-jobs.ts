// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PendingEvent } from './pending-events.js';

/** The start or stop jobs of a unit, which wait while they are held. */
export class HeldJobs {
  isHeld = false;
  readonly #waits = new Set<PendingEvent<string>>();

  /** Whether there is no waiting job. */
  get isEmpty(): boolean {
    return this.#waits.size === 0;
  }

  /** Resolves with the result word of the job. */
  async join(wait: PendingEvent<string>): Promise<string> {
    this.#waits.add(wait);
    try {
      return await wait.promise;
    } finally {
      this.#waits.delete(wait);
    }
  }

  end(result: string): void {
    for (const wait of [...this.#waits]) wait.resolve(result);
  }
}
