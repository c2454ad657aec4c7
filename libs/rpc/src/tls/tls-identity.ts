// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate, SecureContext, TLSSocket } from 'node:tls';
import { Listeners } from '@givc/events';
import { Alarm } from '@givc/time';
import type { TlsMaterial } from './material.js';
import { secureContextOf, version } from './secure-context.js';
import { isTrusted, parsePemCertificates, verifiedPath } from './trusted-path.js';

/** A peer that was rejected in or after its handshake. */
export interface RejectedPeer {
  /** The address of the peer; undefined where the transport has no addresses. */
  readonly address: string | undefined;
  /** The certificate of the peer; undefined when the handshake failed. */
  readonly certificate: PeerCertificate | undefined;
  readonly reason: string;
}

/** In milliseconds since 1970. */
const expiryOf = (socket: TLSSocket): number => Date.parse(socket.getPeerCertificate().valid_to);

/** Returns why a peer is rejected although the authority has signed its certificate; undefined accepts it. */
export type VerifyPeer = (certificate: PeerCertificate) => string | undefined;

/**
 * How long a peer may stay connected when the clock was set past the expiry of its certificate, or when its authority
 * is no longer trusted.
 */
const lateMs = 3_000;

/**
 * The identity of this machine on all of its connections, as server and as client, and the verification of its peers.
 * Both may change while connections are open: a new certificate is for new connections, a new check for all.
 */
export class TlsIdentity {
  #material: TlsMaterial;
  #context: SecureContext;
  #verifyPeer: VerifyPeer = () => undefined;
  readonly #open = new Set<TLSSocket>();
  /** The earliest expiry of the certificates of open connections, or an earlier time. */
  #firstExpiry = Infinity;
  #expiry: Alarm | undefined;
  /** Pending until the connections of peers whose authority is no longer trusted are closed. */
  #distrust: NodeJS.Timeout | undefined;
  /** Set once authorities were replaced: a handshake that began before must be checked against the new ones. */
  #hasOtherAuthorities = false;
  readonly #replaced = new Listeners();
  readonly #rejected = new Listeners<[RejectedPeer]>();

  constructor(material: TlsMaterial) {
    this.#material = material;
    this.#context = secureContextOf(material);
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** The certificate, key and authorities of the next connection that this machine opens. */
  get clientContext(): SecureContext {
    return this.#context;
  }

  /** Those of the connections that a server accepts from now on (`tls.Server.setSecureContext`). */
  get serverOptions() {
    return { ...this.#material, ...version };
  }

  /**
   * Uses material that was checked to belong together. Open connections keep their certificates, but connections of
   * peers whose authority is no longer trusted are closed after three seconds, in which new ones may replace them.
   */
  replace(material: TlsMaterial): void {
    this.#context = secureContextOf(material);
    const sameAuthorities = material.ca.equals(this.#material.ca);
    this.#material = material;
    if (!sameAuthorities) {
      clearTimeout(this.#distrust);
      this.#distrust = setTimeout(() => this.#rejectUntrusted(), lateMs).unref();
    }
    this.#replaced.notify();
  }

  /** Calls `listener` after each `replace`. Returns a function that ends this. */
  onNewCertificate(listener: () => void): () => void {
    return this.#replaced.add(listener);
  }

  /** Verifies every peer with this check from now on, including those whose connections are open. */
  verifyPeersWith(verify: VerifyPeer): void {
    this.#verifyPeer = verify;
    for (const socket of [...this.#open]) this.#rejectIfUnverified(socket);
  }

  /** Calls the listener for each peer that is rejected, in its handshake or later. */
  onRejected(listener: (peer: RejectedPeer) => void): void {
    this.#rejected.add(listener);
  }

  /** Reports a handshake that failed. */
  handshakeFailed(address: string | undefined, reason: string): void {
    this.#rejected.notify({ address, certificate: undefined, reason });
  }

  /**
   * Verifies the peer of a finished handshake: accepts it until its certificate expires or the check changes, or closes
   * the connection and returns the reason. When the clock is set past the expiry, the connection is closed within three
   * seconds.
   */
  accept(socket: TLSSocket): string | undefined {
    const reason = this.#rejectIfUnverified(socket);
    if (reason !== undefined) return reason;
    if (this.#hasOtherAuthorities) {
      const distrusted = this.#rejectIfUntrusted(socket);
      if (distrusted !== undefined) return distrusted;
    }
    this.#open.add(socket);
    if (expiryOf(socket) < this.#firstExpiry) this.#scheduleExpiry(expiryOf(socket));
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#scheduleExpiry(Infinity);
    });
    return undefined;
  }

  /** Closes the connection, and reports it to the listeners. */
  reject(socket: TLSSocket, reason: string): void {
    this.#rejected.notify({ address: socket.remoteAddress, certificate: socket.getPeerCertificate(), reason });
    socket.destroy();
  }

  #scheduleExpiry(at: number): void {
    this.#expiry?.cancel();
    this.#firstExpiry = at;
    this.#expiry = at === Infinity ? undefined : new Alarm(at + 1, () => this.#rejectExpired(), lateMs);
  }

  #rejectExpired(): void {
    for (const socket of [...this.#open]) this.#rejectIfUnverified(socket);
    this.#scheduleExpiry(Math.min(...Array.from(this.#open, expiryOf)));
  }

  #rejectIfUnverified(socket: TLSSocket): string | undefined {
    const certificate = socket.getPeerCertificate();
    const reason =
      expiryOf(socket) < Date.now()
        ? `its certificate expired on ${certificate.valid_to}`
        : this.#verifyPeer(certificate);
    if (reason === undefined) return undefined;
    this.reject(socket, reason);
    return reason;
  }

  #rejectUntrusted(): void {
    this.#hasOtherAuthorities = true;
    for (const socket of [...this.#open]) this.#rejectIfUntrusted(socket);
  }

  #rejectIfUntrusted(socket: TLSSocket): string | undefined {
    if (isTrusted(verifiedPath(socket), parsePemCertificates(this.#material.ca))) return undefined;
    const reason = 'the authority of its certificate is not trusted any more';
    this.reject(socket, reason);
    return reason;
  }
}
