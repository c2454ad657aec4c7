// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

const key = Symbol('peer');

/** Remembers who is counted as the peer of a connection. */
export const setPeer = (socket: Socket, peer: string): void => void Object.assign(socket, { [key]: peer });

/** Undefined of a connection on a socket of this machine. Node stands in for the socket of a session, and passes this on. */
export const peerOf = ({ socket }: ServerHttp2Session): string | undefined =>
  (socket as { readonly [key]?: string })[key];
