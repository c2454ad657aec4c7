// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Http2Server, ServerHttp2Session } from 'node:http2';
import type { Server } from '@grpc/grpc-js';

interface Internals {
  _setupHandlers: (server: Http2Server, interceptors: unknown) => void;
}

/**
 * Calls `listener` with each connection of a server, before it has a call; call this before the server listens. grpc-js
 * (1.14.7) has no access to them, and the method that makes its HTTP/2 server is private: sessions.spec.ts fails when
 * it changes.
 */
export function onSession(server: Server, listener: (session: ServerHttp2Session) => void): void {
  const internals = server as unknown as Internals;
  const setup = internals._setupHandlers.bind(server);
  internals._setupHandlers = (http2, interceptors) => {
    http2.on('session', listener);
    setup(http2, interceptors);
  };
}
