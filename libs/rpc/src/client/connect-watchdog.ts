// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from '@givc/time';

/**
 * The time limits of an attempt to connect, in milliseconds: until the connection is accepted, and from then until TLS
 * is established.
 */
export interface ConnectLimits {
  readonly accept: number;
  readonly handshake: number;
}

/**
 * An attempt to connect that exceeds these limits is given up for a new one: it was not accepted, or the server that
 * accepted it does not complete the TLS handshake, which takes long on a machine that just boots.
 */
const usual: ConnectLimits = { accept: 2_000, handshake: 15_000 };
/** How long grpc-js pauses between two attempts at most: it has a backoff of its own for attempts that fail. */
export const maxBackoffMs = 1_000;

/** Watches the attempts of a channel to connect, and reports when one has to be given up. */
export class ConnectWatchdog {
  #timeout: Timeout | undefined;

  constructor(
    private readonly giveUp: () => void,
    private readonly limits: ConnectLimits = usual,
  ) {}

  /** An attempt begins. */
  started(): void {
    if (!this.isOpen) this.#await(this.limits.accept);
  }

  /**
   * An attempt has failed. Until a connection is established, grpc-js does not report when the next attempt begins,
   * which may hang for 20 s.
   */
  failed(): void {
    this.#await(this.limits.accept + maxBackoffMs);
  }

  /** The connection was accepted, and TLS begins. */
  accepted(): void {
    if (this.isOpen) this.#await(this.limits.handshake);
  }

  /** There is no attempt any more. */
  stop(): void {
    this.#timeout?.cancel();
    this.#timeout = undefined;
  }

  /** Whether this process was frozen during the attempt, so that its failure says nothing about the other end. */
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
