// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type TLSSocket } from 'node:tls';
import { GivcError, messageOf, type Address, type Endpoint } from '@givc/model';
import { KernelVsock, type Vsock } from '@givc/vsock';
import { Timeout } from '@givc/time';
import { keepCertificate } from '../tls/kept-certificate.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { SocketStreamService } from '../socket-stream.js';
import { OutgoingSocketCall } from './outgoing-socket-call.js';
import { socketProtocol } from './records.js';

/** How long an attempt may take until it is accepted, and then for TLS. */
const [acceptMs, handshakeMs] = [2_000, 5_000];
/** How many attempts are made at once: servers limit the pending handshakes of one address. */
const attemptsMax = 16;
/** A peer that was restarted, of which nothing else is heard. */
const keepAliveMs = 5_000;
const { path: transferPath } = SocketStreamService.transferData;
const late = (what: string, ms: number): Error => new Error(`${what} did not come within ${ms / 1_000} s`);

/** Opens connections that carry one socket each, by the present certificate of an identity. */
export class SocketDialer {
  #attempts = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(
    private readonly identity: TlsIdentity,
    private readonly vsock: Vsock = new KernelVsock(),
  ) {}

  /**
   * Opens a connection for one socket. Resolves with undefined when the server only speaks HTTP/2; rejects with
   * UNAVAILABLE when there is no connection within 7 s, and when the signal is aborted.
   */
  async open(endpoint: Endpoint, signal: AbortSignal): Promise<OutgoingSocketCall | undefined> {
    if (this.#attempts >= attemptsMax) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#attempts++;
    try {
      const socket = await this.#connect(endpoint, signal);
      if (socket.alpnProtocol === socketProtocol) return new OutgoingSocketCall(socket, transferPath);
      socket.destroy();
      return undefined;
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#attempts--;
    }
  }

  async #connect({ name, address }: Endpoint, signal: AbortSignal): Promise<TLSSocket> {
    let raw: Socket | undefined;
    let limit: Timeout | undefined;
    try {
      raw = await this.#connectTransport(address, signal);
      const socket = connectTls({
        socket: raw,
        secureContext: this.identity.clientContext,
        servername: name,
        checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
        ALPNProtocols: [socketProtocol, 'h2'],
      });
      limit = new Timeout(handshakeMs, () => socket.destroy(late('TLS', handshakeMs)), { unref: true });
      await once(socket, 'secureConnect', { signal });
      keepCertificate(socket);
      const refusal = this.identity.accept(socket);
      if (refusal !== undefined) throw new Error(`the server is rejected: ${refusal}`);
      return socket;
    } catch (cause) {
      raw?.destroy();
      throw new GivcError('UNAVAILABLE', `no connection for a socket: ${messageOf(cause)}`, { cause });
    } finally {
      limit?.cancel();
    }
  }

  async #connectTransport(address: Address, signal: AbortSignal): Promise<Socket> {
    if (address.protocol === 'vsock') return this.vsock.connect(address, { timeoutMs: acceptMs, signal });
    const socket = connectTcp(
      address.protocol === 'tcp'
        ? { host: address.host, port: address.port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs }
        : { path: address.protocol === 'abstract' ? `\0${address.path}` : address.path },
    );
    const limit = new Timeout(acceptMs, () => socket.destroy(late('an answer', acceptMs)), { unref: true });
    try {
      await once(socket, 'connect', { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      limit.cancel();
    }
  }
}
