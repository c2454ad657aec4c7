// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, quoted } from '@givc/model';

/** The limit of dbus-daemon(1) for a line. */
const lineMax = 16 * 1024;
const newline = 0x0a;

/** The first bytes of a client: its user number, which the kernel confirms. */
export const authenticationRequest = (uid = process.getuid?.() ?? 0): string =>
  `\0AUTH EXTERNAL ${Buffer.from(String(uid)).toString('hex')}\r\n`;

/** The last line of a client once it is accepted; messages follow. */
export const begin = 'BEGIN\r\n';

/**
 * The answer of a bus to `authenticationRequest`
 * (https://dbus.freedesktop.org/doc/dbus-specification.html#auth-protocol).
 */
export class Authentication {
  #line = Buffer.alloc(0);

  /**
   * Whether the line by which the bus accepts this client is complete. Throws when the bus rejects the client, or the
   * line is too long.
   */
  isAccepted(chunk: Buffer): boolean {
    const line = Buffer.concat([this.#line, chunk]);
    const end = line.indexOf(newline);
    if (end < 0 ? line.length > lineMax : end > lineMax)
      throw new GivcError('RESOURCE_EXHAUSTED', `the bus answers with a line of more than ${lineMax} bytes`);
    if (end < 0) {
      this.#line = line;
      return false;
    }
    const answer = line.toString('latin1', 0, end).trimEnd();
    if (!/^OK( |$)/.test(answer))
      throw new GivcError('PERMISSION_DENIED', `the bus rejects the user of this process: ${quoted(answer)}`);
    if (end < line.length - 1) throw new GivcError('INVALID_ARGUMENT', 'the bus sends more before we begin');
    return true;
  }
}
