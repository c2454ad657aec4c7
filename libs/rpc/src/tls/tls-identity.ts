// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:crypto';
import { createSecureContext, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import { Listeners } from '@givc/events';
import { Alarm } from '@givc/time';
import type { TlsMaterial } from './material.js';
import { isTrusted, parsePemCertificates, verifiedPath } from './trusted-path.js';

/** A peer that was cut off by us, or never let in. */
export interface RejectedPeer {
  /** Where it called from or was called at; undefined where the transport has no addresses. */
  readonly address: string | undefined;
  /** What it proved; undefined when the handshake failed. */
  readonly certificate: PeerCertificate | undefined;
  readonly reason: string;
}

/** In milliseconds since 1970. */
const endOf = (socket: TLSSocket): number => Date.parse(socket.getPeerCertificate().valid_to);

/** Says why a peer is rejected although the authority has signed its certificate; undefined accepts it. */
export type VerifyPeer = (certificate: PeerCertificate) => string | undefined;

/**
 * TLS 1.3 only, and no resumed sessions: a peer that resumes is not verified again, and could outlive its certificate or
 * an authority that was replaced.
 */
const version = { minVersion: 'TLSv1.3', secureOptions: constants.SSL_OP_NO_TICKET } as const;

/** How long a peer may stay whose certificate has ended when the clock was set, or has lost its authority. */
const lateMs = 3_000;

/**
 * What this machine proves itself with on all of its connections, as server and as client, and whom it turns away.
 * Both may change while connections are open: a new certificate is for new connections, a new judgement for all.
 */
export class TlsIdentity {
  #material: TlsMaterial;
  #context: SecureContext;
  #verifyPeer: VerifyPeer = () => undefined;
  readonly #open = new Set<TLSSocket>();
  /** When the first certificate of an open connection ends, or earlier. */
  #firstEnd = Infinity;
  #expiry: Alarm | undefined;
  /** Until those are cut off whose authority is not trusted any more. */
  #distrust: NodeJS.Timeout | undefined;
  /** Whether a handshake that has just ended may have begun when other authorities were trusted. */
  #hasOtherAuthorities = false;
  readonly #replaced = new Listeners();
  readonly #rejected = new Listeners<[RejectedPeer]>();

  constructor(material: TlsMaterial) {
    this.#material = material;
    this.#context = createSecureContext({ ...material, ...version });
  }

  get material(): TlsMaterial {
    return this.#material;
  }

  /** For the next connection that this machine opens. */
  get clientContext(): SecureContext {
    return this.#context;
  }

  /** For the connections that a server accepts from now on (`tls.Server.setSecureContext`). */
  get serverOptions() {
    return { ...this.#material, ...version };
  }

  /**
   * Takes material that was checked to fit together. Open connections keep what they began with, but those of peers whose
   * authority is trusted no more are cut after three seconds, in which new ones may take their place.
   */
  replace(material: TlsMaterial): void {
    this.#context = createSecureContext({ ...material, ...version });
    const hasAuthorities = material.ca.equals(this.#material.ca);
    this.#material = material;
    if (!hasAuthorities) {
      clearTimeout(this.#distrust);
      this.#distrust = setTimeout(() => this.#rejectUntrusted(), lateMs).unref();
    }
    this.#replaced.notify();
  }

  /** Returns how to stop listening. */
  onReplaced(listener: () => void): () => void {
    return this.#replaced.add(listener);
  }

  /** Judges every peer from now on, and those at once whose connections are open. */
  verifyPeersWith(verify: VerifyPeer): void {
    this.#verifyPeer = verify;
    for (const socket of [...this.#open]) this.#rejectIfUnverified(socket);
  }

  /** Hears of each peer that is not let in, or cut off. */
  onRejected(listener: (peer: RejectedPeer) => void): void {
    this.#rejected.add(listener);
  }

  /** Tells of a handshake that failed. */
  handshakeFailed(address: string | undefined, reason: string): void {
    this.#rejected.notify({ address, certificate: undefined, reason });
  }

  /**
   * Lets the peer of a finished handshake in until its certificate ends or the judgement changes, or cuts the
   * connection and returns the reason. Where the clock is set past that end, the connection is cut within three seconds.
   */
  accept(socket: TLSSocket): string | undefined {
    const reason = this.#rejectIfUnverified(socket);
    if (reason !== undefined) return reason;
    if (this.#hasOtherAuthorities) {
      const distrusted = this.#rejectIfUntrusted(socket);
      if (distrusted !== undefined) return distrusted;
    }
    this.#open.add(socket);
    if (endOf(socket) < this.#firstEnd) this.#scheduleExpiry(endOf(socket));
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#scheduleExpiry(Infinity);
    });
    return undefined;
  }

  /** Cuts the connection, and reports it to the listeners. */
  reject(socket: TLSSocket, reason: string): void {
    this.#rejected.notify({ address: socket.remoteAddress, certificate: socket.getPeerCertificate(), reason });
    socket.destroy();
  }

  #scheduleExpiry(end: number): void {
    this.#expiry?.cancel();
    this.#firstEnd = end;
    this.#expiry = end === Infinity ? undefined : new Alarm(end + 1, () => this.#rejectExpired(), lateMs);
  }

  #rejectExpired(): void {
    for (const socket of [...this.#open]) this.#rejectIfUnverified(socket);
    this.#scheduleExpiry(Math.min(...Array.from(this.#open, endOf)));
  }

  #rejectIfUnverified(socket: TLSSocket): string | undefined {
    const certificate = socket.getPeerCertificate();
    const reason =
      endOf(socket) < Date.now() ? `its certificate ended on ${certificate.valid_to}` : this.#verifyPeer(certificate);
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
