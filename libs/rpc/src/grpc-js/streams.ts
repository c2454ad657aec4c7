// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

type StreamHandler = (interceptors: unknown, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Calls `open` with each stream of a server, before grpc-js, which handles it once `handle` is called; call this before
 * the server listens, with channelz off. grpc-js (1.14.7) has no hook for streams, interceptors are called too late for
 * a closed one, and the method is private: streams.spec.ts fails when it changes.
 */
export function interceptStreams(server: Server, open: (stream: ServerHttp2Stream, handle: () => void) => void): void {
  const internals = server as unknown as { _streamHandler: StreamHandler };
  const handle = internals._streamHandler.bind(server);
  internals._streamHandler = (interceptors, stream, headers) =>
    open(stream, () => handle(interceptors, stream, headers));
}
