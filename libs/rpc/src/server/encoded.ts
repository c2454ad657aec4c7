// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { frameOf } from '../wire/message.js';

/**
 * A response that is encoded already, which a handler may return or write in place of its message. Its bytes are not
 * copied for each call, so they must not change.
 */
export class Encoded {
  /** With the prefix of a message. */
  readonly frame: Buffer;

  /** The bytes of the message. */
  constructor(bytes: Uint8Array) {
    this.frame = frameOf(bytes);
  }
}
