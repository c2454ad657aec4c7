// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { ChannelCredentials } from '@grpc/grpc-js';
import { LogOnce } from '@givc/log';
import { GivcError } from '@givc/model';
import type { TlsIdentity } from '../tls/tls-identity.js';

type CreateConnector = ChannelCredentials['_createSecureConnector'];
type SecureConnector = ReturnType<CreateConnector>;

/**
 * The channel option with a function that is called when a connection was accepted and TLS begins. It returns a
 * function that is called when TLS has failed.
 */
export const takenOption = 'givc.taken';

/** X509_V_ERR_* of OpenSSL under the names of node:tls, and a certificate for another name. */
const isOfCertificate = (code: unknown): code is string =>
  typeof code === 'string' && /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|ERR_TLS_CERT_)/.test(code);

/** Credentials of a channel; each new connection presents the present certificate of the identity. */
export class LiveCredentials extends ChannelCredentials {
  constructor(private readonly identity: TlsIdentity) {
    super();
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(...args: Parameters<CreateConnector>): SecureConnector {
    const connector = () =>
      ChannelCredentials.createFromSecureContext(this.identity.clientContext)._createSecureConnector(...args);
    const { identity } = this;
    const first = connector();
    const handshakes = new Set<Socket>();
    let isClosed = false;
    /**
     * Reports only the first of consecutive attempts that fail for the same reason, because there is one attempt each
     * second.
     */
    const reported = new LogOnce();
    return {
      async connect(socket) {
        let failed: (() => void) | undefined;
        if (isClosed) socket.destroy();
        else failed = (args[1][takenOption] as (() => () => void) | undefined)?.();
        handshakes.add(socket);
        const { remoteAddress } = socket;
        const connected = await connector()
          .connect(socket)
          .catch((error: unknown) => {
            failed?.();
            const { code } = error as { readonly code?: unknown };
            if (!isOfCertificate(code)) reported.end('certificate');
            else if (reported.isNew('certificate', code))
              identity.handshakeFailed(remoteAddress, `the server's certificate is refused: ${code}`);
            throw error;
          })
          .finally(() => handshakes.delete(socket));
        reported.end('certificate');
        const tlsSocket = connected.socket as TLSSocket;
        const certificate = tlsSocket.getPeerCertificate();
        tlsSocket.getPeerCertificate = (() => certificate) as TLSSocket['getPeerCertificate'];
        const refusal = identity.accept(tlsSocket);
        if (refusal !== undefined) throw new GivcError('UNAVAILABLE', `the server is rejected: ${refusal}`);
        return connected;
      },
      waitForReady: () => first.waitForReady(),
      getCallCredentials: () => first.getCallCredentials(),
      // grpc-js does not end a pending handshake when its channel is closed; with a hanging peer it never ends.
      destroy: () => {
        isClosed = true;
        first.destroy();
        for (const socket of handshakes) socket.destroy();
      },
    };
  }
}
