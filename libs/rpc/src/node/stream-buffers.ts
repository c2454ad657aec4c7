// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { getDefaultHighWaterMark, setDefaultHighWaterMark } from 'node:stream';

const bytes = 16 * 1024;

/**
 * Has streams of this process buffer as much as on Node 20, 16 KiB in each direction: Node 22 made that 64 KiB, so that
 * connections that wait held more than what `serverLimits` leaves to a caller. `socket-proxy-slow.spec.ts` guards it.
 */
export function limitStreamBuffers(): void {
  if (getDefaultHighWaterMark(false) > bytes) setDefaultHighWaterMark(false, bytes);
}
