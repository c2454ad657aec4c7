// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from '@givc/time';

/** What an attempt to connect may take until the connection is accepted, and after that until TLS is over, in milliseconds. */
export interface ConnectLimits {
  readonly accept: number;
  readonly handshake: number;
}

/**
 * An attempt to connect that has not got so far by then is given up for a new one: it was not accepted, or the server that accepted
 * it does not speak TLS with us, which on a machine that just boots takes long.
 */
const usual: ConnectLimits = { accept: 2_000, handshake: 15_000 };
/** How long grpc-js pauses between two attempts at most: it has a backoff of its own for attempts that fail. */
export const maxBackoffMs = 1_000;

/** Watches over the attempts of a channel to connect, and says when one is to be given up. */
export class ConnectWatchdog {
  #timeout: Timeout | undefined;

  constructor(
    private readonly giveUp: () => void,
    private readonly limits: ConnectLimits = usual,
  ) {}

  /** One begins. */
  started(): void {
    if (!this.isOpen) this.#await(this.limits.accept);
  }

  /** One has failed. Until it is connected, grpc-js does not say when the next begins, and may let it hang for 20 s. */
  failed(): void {
    this.#await(this.limits.accept + maxBackoffMs);
  }

  /** Somebody has taken it, and TLS begins. */
  accepted(): void {
    if (this.isOpen) this.#await(this.limits.handshake);
  }

  /** There is none any more. */
  stop(): void {
    this.#timeout?.cancel();
    this.#timeout = undefined;
  }

  /** Whether this process was frozen during it, so that its failure says nothing about the other end. */
  get hasThawed(): boolean {
    return this.#timeout?.hasThawed ?? false;
  }

  get isOpen(): boolean {
    return this.#timeout !== undefined;
  }

  #await(ms: number): void {
    this.#timeout?.cancel();
    this.#timeout = new Timeout(ms, this.giveUp);
  }
}
