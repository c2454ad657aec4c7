// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { VsockAddress } from './vsock.js';

type Name = { address?: string; family?: string; port?: number };

interface Handle {
  readonly fd: number;
  getpeername?: (out: Name) => number;
  getsockname?: (out: Name) => number;
}

/** The handle of a socket is private in Node (20 to 26); the contract suite fails when it changes. */
const handleOf = (socket: Socket): Handle | undefined | null =>
  (socket as unknown as { readonly _handle?: Handle | null })._handle;

/** The descriptor of an open socket. */
export const descriptorOf = (socket: Socket): number => handleOf(socket)?.fd ?? -1;

const answering =
  (cid: number | 'unknown', port: number) =>
  (out: Name): number => {
    Object.assign(out, { address: `vsock:${cid}`, family: 'vsock', port });
    return 0;
  };

/**
 * Gives a socket, and the layers above it (TLS, HTTP/2), addresses, which Node provides only for TCP sockets. A peer
 * that disconnected before its address was read has the CID `unknown`.
 */
export function nameSocket(socket: Socket, local: VsockAddress, peer: VsockAddress | undefined): void {
  const handle = handleOf(socket);
  if (!handle) return;
  handle.getpeername = answering(peer?.cid ?? 'unknown', peer?.port ?? 0);
  handle.getsockname = answering(local.cid, local.port);
}
