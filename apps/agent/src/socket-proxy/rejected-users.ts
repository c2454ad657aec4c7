// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { LogOnce, type Fields, type Log } from '@givc/log';

/** A limit, because a peer may claim any number. */
const loggedMax = 16;

/** Logs each user number that a bus rejects in its handshake once, up to sixteen for a socket. */
export class RejectedUsers {
  readonly #logged = new LogOnce(loggedMax);

  constructor(
    private readonly log: Log,
    private readonly fields: Fields,
  ) {}

  add(uid: string): void {
    if (this.#logged.isNew(uid)) this.log.warn('the bus rejects D-Bus clients of this user', { uid, ...this.fields });
  }
}
