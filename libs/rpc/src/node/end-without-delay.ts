// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Stream } from 'node:http2';

/** The private handle of a stream; `trailers` returns a negative number when it fails. */
interface Handle {
  trailers(list: readonly [block: string, count: number]): number;
}

type WithHandle = Readonly<Record<symbol, Handle | undefined>>;

let handleKey: symbol | undefined;

function handleOf(stream: ServerHttp2Stream): Handle | undefined {
  handleKey ??= Object.getOwnPropertySymbols(stream).find(({ description }) => description === 'kHandle');
  return handleKey && (stream as unknown as WithHandle)[handleKey];
}

/** Trailers with one field, as Node passes them to nghttp2: name, value and flags. */
export const trailersBlock = (name: string, value: string): string => `${name}\0${value}\0\0`;

/**
 * Sends the trailers of a stream, in its event `wantTrailers`, together with its last bytes: both are one write. Node
 * (20) sends trailers in a later iteration of the event loop, as a second write, although nghttp2 accepts them here
 * (nghttp2_submit_trailer), so this uses the private handle of the stream; end-without-delay.spec.ts fails when that
 * changes. Returns false when it could not, and the trailers have to be sent otherwise.
 */
export function sendTrailersAtOnce(stream: ServerHttp2Stream, block: string): boolean {
  const handle = handleOf(stream);
  return typeof handle?.trailers === 'function' && handle.trailers([block, 1]) >= 0;
}

/**
 * Writes the last bytes and ends the stream in the same iteration of the event loop, so that the trailers are requested
 * in this one. Node (20) requests the trailers one iteration later, by the private `_final`, which this calls early;
 * end-without-delay.spec.ts fails when that changes. The stream must have no queued data. A callback costs an error
 * with its stack, because the stream is closed before it counts as finished.
 */
export function endWithoutDelay(stream: ServerHttp2Stream, bytes: Buffer, onWritten?: () => void): void {
  stream.end(bytes, onWritten);
  stream._final(() => undefined);
}
