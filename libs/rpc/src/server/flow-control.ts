import type { Server } from '@grpc/grpc-js';
import { onSession } from './sessions.js';

interface Internals {
  commonServerOptions: { settings?: { initialWindowSize?: number } };
}

/**
 * How many bytes each stream, and each connection, of a server may have on their way before its reader has taken them
 * (RFC 9113, 5.2); Node has 64 KiB. grpc-js (1.14.7) has an option for clients only, so this reaches into its server,
 * before that listens: test/e2e/socket-proxy.spec.ts notices when it moves.
 */
export function setWindows(server: Server, bytes: number): void {
  const internals = server as unknown as Internals;
  internals.commonServerOptions.settings = { ...internals.commonServerOptions.settings, initialWindowSize: bytes };
  onSession(server, (session) => session.setLocalWindowSize(bytes));
}
