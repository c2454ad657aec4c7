// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** `same` when the text equals the last one that was written. */
export type WriteOutcome = 'written' | 'same' | 'failed';

/** Changes within this time are written together. */
const settleMs = 100;
const pauseMs = 2_000;
const retryMs = 5_000;

/**
 * Decides when changes are written: the first one after a pause is written after 100 ms, further changes at most every
 * 2 s. A failed write is retried after 5 s, without backoff. The last change is always written. There is one write at a
 * time; `write` never rejects.
 */
export class ThrottledWriter {
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<WriteOutcome> | undefined;
  #hasChanged = false;
  /** The time of the last write, by `performance.now()`. */
  #notBefore = 0;
  #isClosed = false;

  constructor(private readonly write: () => Promise<WriteOutcome>) {}

  changed(): void {
    this.#hasChanged = true;
    this.#plan();
  }

  /** Writes pending changes at once, for the last time. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#writing;
    await this.write();
  }

  #plan(): void {
    if (this.#writing || this.#isClosed) return;
    this.#timer ??= setTimeout(() => void this.#write(), Math.max(settleMs, this.#notBefore - performance.now()));
  }

  async #write(): Promise<void> {
    this.#timer = undefined;
    this.#hasChanged = false;
    this.#writing = this.write();
    const outcome = await this.#writing;
    this.#writing = undefined;
    if (outcome !== 'same') this.#notBefore = performance.now() + (outcome === 'failed' ? retryMs : pauseMs);
    if (outcome === 'failed' || this.#hasChanged) this.#plan();
  }
}
