import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

type StreamHandler = (interceptors: unknown, stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/**
 * Keeps streams from a server that their caller has already reset, before it listens. grpc-js (1.14.7) answers a call
 * of an unknown rpc, or one that is no gRPC, without a look at the stream; on one that is gone, Node throws where nobody
 * can catch it, and the process ends. The method is private to grpc-js: test/e2e/broken-http2.spec.ts notices when it moves.
 */
export function ignoreGoneStreams(server: Server): void {
  const internals = server as unknown as { _streamHandler: StreamHandler };
  const handle = internals._streamHandler.bind(server);
  internals._streamHandler = (interceptors, stream, headers) => {
    if (stream.closed || stream.destroyed) stream.on('error', () => undefined);
    else handle(interceptors, stream, headers);
  };
}
