// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/**
 * The socket below a TLS socket, undefined when it is gone. A TLS socket that was destroyed has forgotten its address, and
 * Node (20) has no documented way to the socket below it: raw-socket.spec.ts fails when the private field moves.
 */
export const rawSocketOf = (socket: TLSSocket): Socket | undefined =>
  (socket as unknown as { readonly _parent?: Socket })._parent;
