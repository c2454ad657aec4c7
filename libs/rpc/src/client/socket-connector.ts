// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { connect } from 'node:http2';
import type { Socket } from 'node:net';
import type { Endpoint } from '@givc/model';
import type { Vsock } from '@givc/vsock';
import type { TlsIdentity } from '../tls/tls-identity.js';
import type { ConnectEvents, Connector } from './connection.js';
import { connectError, openError, type ConnectError } from './connect-error.js';
import { Http2Connection } from './http2-connection.js';
import { openSocket } from './open-socket.js';
import { Handshakes } from './secure-socket.js';

export interface SocketConnectorOptions {
  readonly windowBytes: number | undefined;
  readonly messageBytes: number | undefined;
}

/** The initial window of RFC 9113 (6.9.2). */
const initialWindowBytes = 65_535;

/** Connects to one server over a socket, by TLS if there is an identity, and by HTTP/2. */
export class SocketConnector implements Connector {
  readonly #handshakes: Handshakes | undefined;

  constructor(
    private readonly endpoint: Endpoint,
    identity: TlsIdentity | undefined,
    private readonly vsock: Vsock,
    private readonly options: SocketConnectorOptions,
  ) {
    this.#handshakes = identity && new Handshakes(identity, endpoint.name);
  }

  connect(events: ConnectEvents): () => void {
    const giveUp = new AbortController();
    const { signal } = giveUp;
    const { address } = this.endpoint;
    const unlessGivenUp: Pick<ConnectEvents, 'ready' | 'failed'> = {
      ready: (connection) => events.ready(connection),
      failed: (error) => void (signal.aborted || events.failed(error)),
    };
    openSocket(address, this.vsock, signal).then(
      (socket) => {
        socket.on('error', () => undefined);
        if (signal.aborted) return void socket.destroy();
        signal.addEventListener('abort', () => socket.destroy(), { once: true });
        events.accepted();
        this.#secure(socket, { ...events, ...unlessGivenUp }, signal);
      },
      (error: unknown) => unlessGivenUp.failed(openError(error, address)),
    );
    return () => giveUp.abort();
  }

  #secure(raw: Socket, events: ConnectEvents, signal: AbortSignal): void {
    if (!this.#handshakes) return this.#begin(raw, 'http', events, signal);
    this.#handshakes.begin(raw, (outcome) => {
      if (outcome.state === 'failed') events.failed(outcome.error);
      else this.#begin(outcome.socket, 'https', events, signal);
    });
  }

  /**
   * The connection is ready with the settings of the server, which by then has accepted the certificate (RFC 8446,
   * 4.4.2.4).
   */
  #begin(socket: Socket, scheme: 'http' | 'https', events: ConnectEvents, signal: AbortSignal): void {
    const { windowBytes = initialWindowBytes, messageBytes } = this.options;
    const session = connect(`${scheme}://localhost`, {
      createConnection: () => socket,
      settings: { initialWindowSize: windowBytes, enablePush: false },
      maxSendHeaderBlockLength: Number.MAX_SAFE_INTEGER,
      // The windows limit how much a server can make this process buffer.
      maxSessionMemory: Number.MAX_SAFE_INTEGER,
    });
    let error: ConnectError = { problem: 'closed', message: 'the server has closed the connection' };
    const onError = (cause: Error) => (error = connectError(cause));
    const onClose = () => events.failed(error);
    session.on('error', onError).on('close', onClose);
    signal.addEventListener('abort', () => session.destroyed || session.off('close', onClose).destroy(), {
      once: true,
    });
    session.once('remoteSettings', () => {
      session.off('error', onError).off('close', onClose);
      if (windowBytes > initialWindowBytes) session.setLocalWindowSize(windowBytes);
      const { name: authority } = this.endpoint;
      events.ready(new Http2Connection(session, { scheme, authority, messageBytes, onLost: () => events.lost() }));
    });
  }
}
