// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { Timeout } from '@givc/time';

/** A call that requests a slot. */
export interface QueuedCall {
  /** The key by which its caller is counted. */
  readonly caller: string;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface SlotLimits {
  /** The name of the queue in errors. */
  readonly name: string;
  /** The time limit of a slot, whatever progress the call makes. */
  readonly deadlineMs?: number | undefined;
  /** The time limit while a caller with fewer slots waits. */
  readonly contestedMs?: number | undefined;
  /** The time limit without any progress. */
  readonly stallMs?: number | undefined;
}

/** A slot of a queue. Its holder must end when `signal` is aborted, and then call `release`. */
export class Slot {
  readonly #controller = new AbortController();
  readonly #expired = new AbortController();
  readonly #timeouts: Timeout[] = [];
  #stall: Timeout | undefined;
  #expiry: GivcError | undefined;
  #isOverdue = false;

  constructor(
    private readonly call: QueuedCall,
    private readonly limits: SlotLimits,
    onOverdue: () => void,
    private readonly onLeave: (slot: Slot) => void,
  ) {
    const { deadlineMs, contestedMs, stallMs } = limits;
    if (deadlineMs !== undefined)
      this.#after(deadlineMs, () => this.#expire(`it took longer than ${seconds(deadlineMs)}`));
    if (stallMs !== undefined)
      this.#stall = this.#after(stallMs, () => this.#expire(`nothing came for ${seconds(stallMs)}`));
    if (contestedMs !== undefined)
      this.#after(contestedMs, () => {
        this.#isOverdue = true;
        onOverdue();
      });
    call.signal.addEventListener('abort', this.#abort, { once: true });
  }

  get caller(): string {
    return this.call.caller;
  }

  /** Aborted when the caller hangs up, or the slot has expired. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether the slot may be revoked for another caller. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /** Aborted when the slot has expired, for work that continues when its caller hangs up. */
  get expired(): AbortSignal {
    return this.#expired.signal;
  }

  get isExpired(): boolean {
    return this.#expiry !== undefined;
  }

  /**
   * The reason for which the holder must end: DEADLINE_EXCEEDED when the slot has expired, CANCELLED when the caller
   * hung up.
   */
  get reason(): GivcError {
    return this.#expiry ?? callerCancelled();
  }

  /** Reports progress of the call in bytes; 0 is not progress. */
  progress(bytes: number): void {
    if (bytes > 0) this.#stall?.restart();
  }

  /** Revokes the slot, because another caller needs it. */
  reclaim(): void {
    this.#expire(`others wait, and it has taken longer than ${seconds(this.limits.contestedMs!)}`);
  }

  /** Frees the slot for the next call. Further calls have no effect. */
  release(): void {
    for (const timeout of this.#timeouts) timeout.cancel();
    this.call.signal.removeEventListener('abort', this.#abort);
    this.onLeave(this);
  }

  readonly #abort = () => this.#controller.abort(this.reason);

  #after(ms: number, expire: () => void): Timeout {
    const timeout = new Timeout(ms, expire, { unref: true });
    this.#timeouts.push(timeout);
    return timeout;
  }

  #expire(problem: string): void {
    this.#expiry ??= new GivcError('DEADLINE_EXCEEDED', `${this.limits.name}: ${problem}`);
    this.#expired.abort(this.#expiry);
    this.#abort();
  }
}

export const callerCancelled = (cause?: unknown): GivcError =>
  new GivcError('CANCELLED', 'the caller hung up', { cause });

export const seconds = (ms: number): string => `${ms / 1_000} s`;
