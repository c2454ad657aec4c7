// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout, TokenBucket, type Rate } from '@givc/time';

interface Entry<Value> {
  readonly bucket: TokenBucket;
  held: { value: Value; count: number } | undefined;
  timeout: Timeout | undefined;
}

/**
 * Lets values of one key pass at a rate. Of those that come in between, the newest passes as soon as it may, with how
 * many it stands for: nothing is rejected, and the last one always passes.
 */
export class CoalescingThrottle<Value> {
  readonly #entries = new Map<string, Entry<Value>>();

  constructor(
    private readonly rate: Rate,
    private readonly passLate: (key: string, value: Value, count: number) => void,
  ) {}

  /** Whether the value passes now; if not, it is passed on later, unless a newer one takes its place. */
  offer(key: string, value: Value): boolean {
    const entry = this.#entryOf(key);
    if (!entry.held && entry.bucket.take()) return true;
    entry.held = { value, count: (entry.held?.count ?? 0) + 1 };
    if (!entry.timeout) this.#wait(key, entry);
    return false;
  }

  /** Forgets what is to be passed on later. */
  drop(key: string): void {
    const entry = this.#entries.get(key);
    entry?.timeout?.cancel();
    if (entry) Object.assign(entry, { held: undefined, timeout: undefined });
  }

  #wait(key: string, entry: Entry<Value>): void {
    entry.timeout = new Timeout(entry.bucket.waitMs(), () => this.#pass(key, entry), { unref: true });
  }

  #pass(key: string, entry: Entry<Value>): void {
    // Timers may be early by a part of a millisecond.
    if (!entry.bucket.take()) return this.#wait(key, entry);
    const { held } = entry;
    entry.held = entry.timeout = undefined;
    if (held) this.passLate(key, held.value, held.count);
  }

  #entryOf(key: string): Entry<Value> {
    const known = this.#entries.get(key);
    if (known) return known;
    for (const [each, { held, bucket }] of this.#entries) if (!held && bucket.isFull()) this.#entries.delete(each);
    const entry: Entry<Value> = { bucket: new TokenBucket(this.rate), held: undefined, timeout: undefined };
    this.#entries.set(key, entry);
    return entry;
  }
}
