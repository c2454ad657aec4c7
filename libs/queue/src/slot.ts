// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { Timeout } from '@givc/time';

/** Who asks for a slot, and until when. */
export interface QueuedCall {
  /** What its caller is counted by. */
  readonly caller: string;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface SlotLimits {
  /** What errors call the queue. */
  readonly name: string;
  /** How long a call may keep its slot, whatever progress it makes. */
  readonly deadlineMs?: number | undefined;
  /** How long it may keep it while a caller that has fewer slots waits for one. */
  readonly contestedMs?: number | undefined;
  /** How long it may keep it without any progress. */
  readonly stallMs?: number | undefined;
}

/** A slot of a queue that a call has. Its holder ends when `signal` is aborted, and leaves. */
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

  /** Whether another caller may have the slot. */
  get isOverdue(): boolean {
    return this.#isOverdue;
  }

  /** Aborted when the slot has expired: of work that goes on when its caller hangs up. */
  get expired(): AbortSignal {
    return this.#expired.signal;
  }

  get isExpired(): boolean {
    return this.#expiry !== undefined;
  }

  /** Why the holder has to end: DEADLINE_EXCEEDED when the slot has expired, CANCELLED when the caller hung up. */
  get reason(): GivcError {
    return this.#expiry ?? callerCancelled();
  }

  /** The call has brought so many bytes; 0 is not progress. */
  progress(bytes: number): void {
    if (bytes > 0) this.#stall?.restart();
  }

  /** Another caller needs the slot. */
  reclaim(): void {
    this.#expire(`others wait, and it has taken longer than ${seconds(this.limits.contestedMs!)}`);
  }

  /** The next one may have it; later calls do nothing. */
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

export const callerCancelled = (): GivcError => new GivcError('CANCELLED', 'the caller hung up');

export const seconds = (ms: number): string => `${ms / 1_000} s`;
