// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';

/**
 * The socket below a TLS socket; undefined when it is closed. A destroyed TLS socket has lost its address, and Node
 * (20) has no documented access to the socket below it: raw-socket.spec.ts fails when the private field changes.
 */
export const rawSocketOf = (socket: TLSSocket): Socket | undefined =>
  (socket as unknown as { readonly _parent?: Socket })._parent;
