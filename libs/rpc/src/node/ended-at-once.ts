// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Stream } from 'node:http2';

/**
 * Writes the last bytes of a stream with trailers, and ends it in the same turn, so that the trailers follow the bytes in
 * the next iteration of the event loop. Node (20) asks for the trailers only when the bytes have left, one iteration
 * later, by the method that this calls before: ended-at-once.spec.ts fails when it changes. Nothing else may wait in the
 * stream.
 */
export function endAtOnce(stream: ServerHttp2Stream, bytes: Buffer, onWritten: () => void): void {
  stream.end(bytes, onWritten);
  stream._final(() => undefined);
}
