// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';
import { addHttp2Settings } from '../grpc-js/http2-settings.js';
import { onSession } from '../grpc-js/sessions.js';

/** The overhead that HTTP/2 counts for each field beside its name and its value (RFC 9113, 6.5.2). */
const fieldBytes = 32;

/** Names and values alternate. */
const sizeOf = (headers: readonly string[]): number =>
  headers.reduce((sum, { length }) => sum + length, (headers.length / 2) * fieldBytes);

/**
 * Limits the size of the headers of a call, which are kept as long as it is open. Node has 64 KiB, and only for peers
 * that have acknowledged its settings; a few bytes on the wire can repeat earlier headers (RFC 7541). A stream with
 * more is reset with ENHANCE_YOUR_CALM, which clients show as RESOURCE_EXHAUSTED. Call this before the server listens.
 */
export function limitHeaders(server: Server, bytes: number): void {
  addHttp2Settings(server, { maxHeaderListSize: bytes });
  onSession(server, (session) => {
    // Before grpc-js, which then finds the stream closed.
    session.prependListener('stream', (stream: ServerHttp2Stream, _: object, _flags: number, headers: string[]) => {
      if (sizeOf(headers) > bytes) stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    });
  });
}
