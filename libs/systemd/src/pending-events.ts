// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** A promise of something that systemd will report; settling it again does nothing. */
export interface PendingEvent<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** A set of pending events, which can all be rejected at once. */
export class PendingEvents {
  readonly #open = new Set<(error: GivcError) => void>();

  /**
   * Rejects with CANCELLED when the signal is aborted. The promise may be ignored: its rejection never counts as
   * unhandled.
   */
  start<T>(what: string, signal: AbortSignal | undefined): PendingEvent<T> {
    let resolve!: (value: T) => void;
    let reject!: (error: unknown) => void;
    const promise = new Promise<T>((...settlers) => ([resolve, reject] = settlers));
    const cancel = (): void => settle(() => reject(new GivcError('CANCELLED', `${what}: the caller hung up`)));
    const giveUp = (error: GivcError): void => settle(() => reject(error));
    const settle = (how: () => void): void => {
      this.#open.delete(giveUp);
      signal?.removeEventListener('abort', cancel);
      how();
    };
    promise.catch(() => undefined);
    this.#open.add(giveUp);
    if (signal?.aborted) cancel();
    else signal?.addEventListener('abort', cancel, { once: true });
    return {
      promise,
      resolve: (value) => settle(() => resolve(value)),
      reject: (error) => settle(() => reject(error)),
    };
  }

  rejectAll(error: GivcError): void {
    for (const giveUp of [...this.#open]) giveUp(error);
  }
}
