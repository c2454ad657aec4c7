// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Readable } from 'node:stream';

/**
 * Sets how many messages a stream buffers ahead of its reader. Node (20) cannot change that after creation, so this
 * sets a private field; read-ahead.spec.ts fails when it is renamed.
 */
export function limitReadAhead(stream: Pick<Readable, 'readableHighWaterMark'>, messages: number): void {
  (stream as unknown as { readonly _readableState: { highWaterMark: number } })._readableState.highWaterMark = messages;
}
