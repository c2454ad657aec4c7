import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

interface Internals {
  commonServerOptions: { settings?: { initialWindowSize?: number } };
  _setupHandlers: (server: Http2Server, interceptors: unknown) => void;
}

/**
 * How many bytes each stream, and each connection, of a server may have on their way before its reader has taken them
 * (RFC 9113, 5.2); Node has 64 KiB. grpc-js (1.14.7) has an option for clients only, so this reaches into its server,
 * before that listens: test/e2e/socket-proxy.spec.ts notices when it moves.
 */
export function setWindows(server: Server, bytes: number): void {
  const internals = server as unknown as Internals;
  internals.commonServerOptions.settings = { ...internals.commonServerOptions.settings, initialWindowSize: bytes };
  const setup = internals._setupHandlers.bind(server);
  internals._setupHandlers = (http2, interceptors) => {
    http2.on('session', (session: ServerHttp2Session) => session.setLocalWindowSize(bytes));
    setup(http2, interceptors);
  };
}
