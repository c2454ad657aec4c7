// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';

const bytes = 16 * 1024;

/**
 * Sets the buffers of streams to 16 KiB in each direction, as on Node 20. Node 22 raised them to 64 KiB, with which
 * idle connections exceed the share of a caller in `serverLimits`; `socket-proxy-slow.spec.ts` guards that.
 */
export function limitStreamBuffers(): void {
  if (getDefaultHighWaterMark(false) > bytes) setDefaultHighWaterMark(false, bytes);
}
