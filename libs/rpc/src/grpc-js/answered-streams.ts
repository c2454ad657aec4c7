// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';

/** Ends streams that make no progress, as `ProgressWatchdog` does. */
interface Unfinished {
  begin(operation: { readonly waitsForServer: boolean; expire(): void }): void;
  end(operation: object): void;
}

const close = (stream: ServerHttp2Stream): void => {
  if (!stream.destroyed) stream.close(constants.NGHTTP2_NO_ERROR);
};

/**
 * Ends each stream of a connection once its answer is complete, although its caller might send more, and drops further
 * data: grpc-js (1.14.7) leaves it open as long as the caller does. The stream ends by RST_STREAM with NO_ERROR, as in
 * RFC 9113 (8.1); after trailers not at once, because clients of grpc-js would miss those.
 */
export function endAnsweredStreams(session: ServerHttp2Session, unfinished: Unfinished): void {
  session.on('stream', (stream) => {
    stream.once('finish', () => {
      // An answer without a message has its trailers in its only headers.
      if (stream.sentHeaders?.['grpc-status'] !== undefined && !stream.readableEnded) close(stream.resume());
    });
    stream.once('wantTrailers', () => {
      if (stream.readableEnded) return;
      const answered = { waitsForServer: false, expire: () => close(stream) };
      unfinished.begin(answered);
      stream.once('close', () => unfinished.end(answered)).resume();
    });
  });
}
