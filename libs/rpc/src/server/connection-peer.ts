// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';

const key = Symbol('peer');

/** Stores the peer that a connection is counted for. */
export const setPeer = (socket: Socket, peer: string): void => void Object.assign(socket, { [key]: peer });

/** Undefined for a connection on a unix socket. Node's proxy for the socket of a session passes this on. */
export const peerOf = ({ socket }: ServerHttp2Session): string | undefined =>
  (socket as { readonly [key]?: string })[key];
