// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Readable } from 'node:stream';

/**
 * Lets a stream of messages read so many ahead of its reader. grpc-js (1.14.7) makes its streams for 16, however large
 * messages are, and has no option for that; neither has Node (20) one for a stream that is there, so this sets a private
 * field: read-ahead.spec.ts fails when that moves, and when grpc-js makes its streams for fewer.
 */
export function limitReadAhead(stream: Pick<Readable, 'readableHighWaterMark'>, messages: number): void {
  (stream as unknown as { readonly _readableState: { highWaterMark: number } })._readableState.highWaterMark = messages;
}
