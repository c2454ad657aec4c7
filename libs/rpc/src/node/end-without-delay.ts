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
 * in this one. `stream.end(bytes)` of Node (20) ends it one iteration later, and makes an error with a stack for each
 * stream that closes in between. This passes the bytes by the private `_write`, and the end does not wait for them;
 * end-without-delay.spec.ts fails when that changes. The stream must have no queued data. Its event `finish` does not
 * mean that the bytes have left; `close` does.
 */
export function endWithoutDelay(stream: ServerHttp2Stream, bytes: Buffer, onWritten = ignore): void {
  // The encoding of a buffer (writable._write of Node's documentation), which the types of Node lack.
  stream._write(bytes, 'buffer' as BufferEncoding, onWritten);
  stream.end();
}

function ignore(): void {
  // The stream closes when it has failed.
}
