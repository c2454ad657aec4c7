// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { AuthContext } from './call.js';
import { ReceivedPings } from './received-pings.js';

const withoutTls: AuthContext = {};

function addressOf({ remoteAddress, remotePort }: Socket): string {
  if (remoteAddress === undefined) return 'unknown';
  return remotePort === undefined ? remoteAddress : `${remoteAddress}:${remotePort}`;
}

/** A connection that speaks HTTP/2, and its peer. */
export class ServerConnection {
  /** `ADDRESS:PORT`, or `unknown`. */
  readonly address: string;
  readonly authContext: AuthContext;
  /** The key by which the calls of the peer are counted: of its certificate, or of its address. */
  readonly peer: string;
  readonly pings: ReceivedPings;

  /** `origin` is the key by which its connections are counted; undefined on a unix socket. */
  constructor(
    readonly session: ServerHttp2Session,
    socket: Socket | TLSSocket,
    readonly origin: string | undefined,
  ) {
    this.address = addressOf(socket);
    this.pings = new ReceivedPings(session);
    const hasTls = 'getPeerCertificate' in socket;
    this.authContext = hasTls ? { sslPeerCertificate: socket.getPeerCertificate() } : withoutTls;
    this.peer = (hasTls ? origin : socket.remoteAddress) ?? 'unknown';
  }
}
