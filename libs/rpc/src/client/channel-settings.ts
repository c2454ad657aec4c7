// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ConnectLimits } from './connect-watchdog.js';

/** What may differ from one channel to another. */
export interface ChannelSettings {
  /** The flow control window of a call, in bytes (RFC 9113, 5.2); 64 KiB by default. */
  readonly windowBytes?: number;
  /** How many bytes a message of the server may have; 4 MiB by default. A call with a larger one fails with RESOURCE_EXHAUSTED. */
  readonly messageBytes?: number;
  /** How long an attempt to connect may take; 2 s, and 15 s with TLS, by default. */
  readonly attemptMs?: ConnectLimits;
}
