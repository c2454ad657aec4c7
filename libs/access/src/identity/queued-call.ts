// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { QueuedCall } from '@givc/queue';
import { signalOf } from '@givc/rpc';
import { callerKey, callerOf } from './peer.js';

/** A call as a queue counts it: by the name in its certificate, else by its address. */
export const queuedCallOf = (call: Parameters<typeof signalOf>[0]): QueuedCall => ({
  caller: callerKey(callerOf(call)),
  signal: signalOf(call),
});
