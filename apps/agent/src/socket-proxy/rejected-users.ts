// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Fields, Log } from '@givc/log';

/** A limit, because a peer may claim any number. */
const loggedMax = 16;

/** Logs each user number that a bus rejects in its handshake once, up to sixteen for a socket. */
export class RejectedUsers {
  readonly #logged = new Set<string>();

  constructor(
    private readonly log: Log,
    private readonly fields: Fields,
  ) {}

  add(uid: string): void {
    if (this.#logged.has(uid) || this.#logged.size === loggedMax) return;
    this.#logged.add(uid);
    this.log.warn('the bus rejects D-Bus clients of this user', { uid, ...this.fields });
  }
}
