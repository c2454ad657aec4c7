// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { LogOnce } from '@givc/log';
import { keepCertificate } from '../tls/kept-certificate.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { connectError, type ConnectError } from './connect-error.js';

/** X509_V_ERR_* of OpenSSL under the names of node:tls, and a certificate for another name. */
const isOfCertificate = (code: unknown): code is string =>
  typeof code === 'string' && /^(CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|ERR_TLS_CERT_)/.test(code);

/** The outcome of a handshake. */
export type Handshake =
  { readonly state: 'secure'; readonly socket: TLSSocket } | { readonly state: 'failed'; readonly error: ConnectError };

/** Secures the connections to one server by the present certificate of the identity, and verifies that server. */
export class Handshakes {
  /** Reports only the first of consecutive attempts that fail for the same reason: there is an attempt each second. */
  readonly #reported = new LogOnce();

  /** `name` is the one that the certificate of the server must have. `protocols` are offered in order of preference. */
  constructor(
    private readonly identity: TlsIdentity,
    private readonly name: string,
    private readonly protocols: readonly string[] = ['h2'],
  ) {}

  /** Calls `done` once, unless the socket is destroyed without an error before. */
  begin(raw: Socket, done: (outcome: Handshake) => void): void {
    const { remoteAddress } = raw;
    const socket = connect({
      socket: raw,
      secureContext: this.identity.clientContext,
      ALPNProtocols: [...this.protocols],
      servername: this.name,
      checkServerIdentity: (_host, certificate) => checkServerIdentity(this.name, certificate),
    });
    keepCertificate(socket);
    const fail = (error: unknown) => {
      this.#report(error, remoteAddress);
      socket.destroy();
      raw.destroy();
      done({ state: 'failed', error: connectError(error) });
    };
    socket.once('error', fail);
    socket.once('secureConnect', () => {
      socket.off('error', fail).on('error', () => undefined);
      this.#reported.end('certificate');
      done(this.#verify(socket));
    });
  }

  #verify(socket: TLSSocket): Handshake {
    const reason = this.identity.accept(socket);
    if (reason === undefined) return { state: 'secure', socket };
    const message = `the server is rejected: ${reason}`;
    return { state: 'failed', error: { problem: 'rejected', detail: reason, message } };
  }

  #report(error: unknown, address: string | undefined): void {
    const { code } = error as { readonly code?: unknown };
    if (!isOfCertificate(code)) this.#reported.end('certificate');
    else if (this.#reported.isNew('certificate', code))
      this.identity.handshakeFailed(address, `the server's certificate is rejected: ${code}`);
  }
}
