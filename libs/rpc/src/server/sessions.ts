import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

interface Internals {
  _setupHandlers: (server: Http2Server, interceptors: unknown) => void;
}

/**
 * Calls `listener` with each connection of a server, before it has a call. grpc-js (1.14.7) has no way to them, so this
 * reaches into its server, before that listens: test/e2e/broken-http2.spec.ts and test/e2e/socket-proxy.spec.ts notice
 * when it moves.
 */
export function onSession(server: Server, listener: (session: ServerHttp2Session) => void): void {
  const internals = server as unknown as Internals;
  const setup = internals._setupHandlers.bind(server);
  internals._setupHandlers = (http2, interceptors) => {
    http2.on('session', listener);
    setup(http2, interceptors);
  };
}
