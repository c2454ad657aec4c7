// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Stream } from 'node:http2';

/**
 * Writes the last bytes and ends the stream in the same iteration of the event loop, so that the trailers follow in the
 * next one. Node (20) requests the trailers one iteration later, by the private `_final`, which this calls early;
 * end-without-delay.spec.ts fails when that changes. The stream must have no queued data.
 */
export function endWithoutDelay(stream: ServerHttp2Stream, bytes: Buffer, onWritten: () => void): void {
  stream.end(bytes, onWritten);
  stream._final(() => undefined);
}
