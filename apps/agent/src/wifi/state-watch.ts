// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** A new state of a device or a connection and its reason, in the numbers of nm-dbus-types. */
export interface StateChange {
  readonly path: string;
  readonly state: number;
  readonly reason: number;
}

const changesMax = 1_000;

/** The state changes since it was created. */
export class StateWatch {
  readonly #changes: StateChange[] = [];
  #wake: (() => void) | undefined;
  #failure: Error | undefined;

  constructor(private readonly onClose: () => void) {}

  /** The last change of this object to one of these states, if there was one. */
  last(path: string, ...states: readonly number[]): StateChange | undefined {
    return this.#changes.findLast((change) => change.path === path && states.includes(change.state));
  }

  /**
   * Resolves as soon as `found` returns a value; it is called now and at each change. Rejects when NetworkManager is
   * lost, and with CANCELLED when the signal is aborted.
   */
  async until<T>(signal: AbortSignal, found: () => T | undefined): Promise<T> {
    const wake = () => this.#wake?.();
    signal.addEventListener('abort', wake);
    try {
      for (;;) {
        const result = found();
        if (result !== undefined) return result;
        if (this.#failure !== undefined) throw this.#failure;
        if (signal.aborted) throw new GivcError('CANCELLED', 'the caller hung up');
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  add(change: StateChange): void {
    if (this.#changes.push(change) > changesMax) this.#changes.shift();
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake?.();
  }

  close(): void {
    this.onClose();
  }
}
