// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import {
  createSecureServer,
  type Http2SecureServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { status } from '@grpc/grpc-js';
import type { TlsMaterial } from '@givc/rpc';

/**
 * A server that answers no call until it rejects all, and records the serial number of the certificate of each
 * connection.
 */
export class CertificateLog {
  readonly #server: Http2SecureServer;
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #serials: string[] = [];
  readonly #calls = new Set<ServerHttp2Stream>();
  #isRefusing = false;
  #wake: () => void = () => undefined;

  private constructor(tls: TlsMaterial) {
    this.#server = createSecureServer({ ...tls, requestCert: true, rejectUnauthorized: true });
    this.#server.on('session', (session) => {
      this.#sessions.add(session.on('error', () => undefined));
      this.#serials.push((session.socket as TLSSocket).getPeerCertificate().serialNumber);
      this.#wake();
    });
    this.#server.on('stream', (call) => {
      this.#calls.add(call.on('error', () => undefined));
      if (this.#isRefusing) this.refuse();
    });
  }

  static async start(tls: TlsMaterial): Promise<CertificateLog> {
    const log = new CertificateLog(tls);
    log.#server.listen(0, '127.0.0.1');
    await once(log.#server, 'listening');
    return log;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The serial number of the next connection that has not been returned yet, as soon as there is one. */
  async next(): Promise<string> {
    while (this.#serials.length === 0) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.#serials.shift()!;
  }

  /** Answers PERMISSION_DENIED to open calls and to all later ones. */
  refuse(): void {
    this.#isRefusing = true;
    const headers = { 'content-type': 'application/grpc', 'grpc-status': status.PERMISSION_DENIED };
    for (const call of this.#calls) if (!call.destroyed) call.respond(headers, { endStream: true });
    this.#calls.clear();
  }

  /** Breaks the open connections. */
  hangUp(): void {
    for (const session of this.#sessions) session.destroy();
    this.#sessions.clear();
  }

  stop(): void {
    this.#server.close();
    this.hangUp();
  }
}
