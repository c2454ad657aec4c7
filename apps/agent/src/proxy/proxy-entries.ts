// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Log } from '@givc/log';
import { retryUntilOpen } from './retry-until-open.js';

/** An entry that has been opened: a listener, a socket or a producer. */
export interface Open {
  close(): void | Promise<void>;
}

/** The entries of one proxy. Each is retried until it can be opened; the log calls them `what`. */
export class ProxyEntries {
  readonly #stopping = new AbortController();
  readonly #entries: Promise<Open | undefined>[] = [];

  constructor(
    private readonly what: string,
    private readonly log: Log,
  ) {}

  open(open: () => Promise<Open>): void {
    this.#entries.push(retryUntilOpen(this.what, open, this.log, this.#stopping.signal));
  }

  /** Ends all retries, and closes what is open. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#entries.map(async (entry) => (await entry)?.close()));
  }
}
