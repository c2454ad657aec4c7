// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ConnectLimits } from './attempt.js';

/** The settings of one channel. */
export interface ChannelSettings {
  /** The flow control window of a call, in bytes (RFC 9113, 5.2); 64 KiB by default. */
  readonly windowBytes?: number;
  /**
   * The maximum size of a message of the server, in bytes; 4 MiB by default. A call with a larger one fails with
   * RESOURCE_EXHAUSTED.
   */
  readonly messageBytes?: number;
  /**
   * The time limits of an attempt to connect: 2 s, and 15 s for the handshake, by default when the connection is kept,
   * else 20 s for each.
   */
  readonly connectLimits?: ConnectLimits;
}
