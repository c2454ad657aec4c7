// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { GivcError, messageOf, type Endpoint } from '@givc/model';
import { KernelVsock, type Vsock } from '@givc/vsock';
import { Timeout } from '@givc/time';
import { openSocket } from '../client/open-socket.js';
import { Handshakes } from '../client/secure-socket.js';
import type { TlsIdentity } from '../tls/tls-identity.js';
import { socketProtocol } from './records.js';

/** The time limit of an attempt, with its TLS handshake. */
const limitMs = 5_000;
/** The maximum number of concurrent attempts for each server: it limits the pending handshakes of one address. */
const attemptsMax = 16;
/** TCP keepalive notices a peer that was restarted. */
const keepAliveMs = 5_000;

/** The attempts to reach one server. */
interface Attempts {
  open: number;
  /** In the order of their arrival. */
  readonly waiting: Set<() => void>;
}

const givenUp = () => new GivcError('UNAVAILABLE', 'no connection for a socket: the attempt was given up');

/** Opens connections that carry a socket each, with the current certificate of an identity. */
export class SocketDialer {
  readonly #attempts = new Map<string, Attempts>();

  constructor(
    private readonly identity: TlsIdentity,
    private readonly vsock: Vsock = new KernelVsock(),
  ) {}

  /** Calls `listener` whenever further connections have another certificate. Returns a function that ends this. */
  onNewCertificate(listener: () => void): () => void {
    return this.identity.onNewCertificate(listener);
  }

  /**
   * Opens a connection. Resolves with undefined when the server only speaks HTTP/2; rejects with UNAVAILABLE when there
   * is no connection within 5 s, and when the signal is aborted.
   */
  async open(endpoint: Endpoint, signal: AbortSignal): Promise<TLSSocket | undefined> {
    const server = JSON.stringify(endpoint);
    // A server that does not answer holds up only its own.
    const attempts = this.#attempts.get(server) ?? { open: 0, waiting: new Set() };
    this.#attempts.set(server, attempts);
    if (attempts.open < attemptsMax) attempts.open++;
    else await waitIn(attempts.waiting, signal);
    try {
      const socket = await this.#connect(endpoint, signal);
      if (socket.alpnProtocol === socketProtocol) return socket;
      socket.destroy();
      return undefined;
    } finally {
      const [next] = attempts.waiting;
      if (next) next();
      else if (--attempts.open === 0) this.#attempts.delete(server);
    }
  }

  async #connect({ name, address }: Endpoint, signal: AbortSignal): Promise<TLSSocket> {
    const giveUp = new AbortController();
    const abort = () => giveUp.abort();
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort);
    const limit = new Timeout(limitMs, abort, { unref: true });
    let raw: Socket | undefined;
    try {
      raw = await openSocket(address, this.vsock, giveUp.signal);
      return await this.#secure(raw.setKeepAlive(true, keepAliveMs), name, giveUp.signal);
    } catch (cause) {
      raw?.destroy();
      throw new GivcError('UNAVAILABLE', `no connection for a socket: ${messageOf(cause)}`, { cause });
    } finally {
      limit.cancel();
      signal.removeEventListener('abort', abort);
    }
  }

  #secure(raw: Socket, name: string, signal: AbortSignal): Promise<TLSSocket> {
    const handshakes = new Handshakes(this.identity, name, [socketProtocol, 'h2']);
    return new Promise((resolve, reject) => {
      const abort = () => reject(new Error('the attempt was given up'));
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort);
      handshakes.begin(raw, (outcome) => {
        if (outcome.state === 'secure') resolve(outcome.socket);
        else reject(new Error(outcome.error.message));
      });
    });
  }
}

/** Resolves when its entry is called, which takes it out; rejects when the signal is aborted before. */
function waitIn(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      waiting.delete(begin);
      signal.removeEventListener('abort', giveUp);
    };
    const begin = () => {
      leave();
      resolve();
    };
    const giveUp = () => {
      leave();
      reject(givenUp());
    };
    if (signal.aborted) return giveUp();
    waiting.add(begin);
    signal.addEventListener('abort', giveUp);
  });
}
