import { constants } from 'node:crypto';
import { createSecureContext, type PeerCertificate, type SecureContext, type TLSSocket } from 'node:tls';
import { Alarm } from '@givc/time';
import type { TlsMaterial } from './material.js';
import { isTrusted, parsePemCertificates, verifiedPath } from './trusted-path.js';

/** A peer that was cut off by us, or never let in. */
export interface TurnedAway {
  /** Where it called from or was called at; undefined where the transport has no addresses. */
  readonly address: string | undefined;
  /** What it proved; undefined when the handshake failed. */
  readonly certificate: PeerCertificate | undefined;
  readonly why: string;
}

/** In milliseconds since 1970. */
const endOf = (socket: TLSSocket): number => Date.parse(socket.getPeerCertificate().valid_to);

/** Says why a peer is turned away although the authority has signed its certificate; undefined lets it in. */
export type Judge = (certificate: PeerCertificate) => string | undefined;

/**
 * TLS 1.3 only, and no resumed sessions: whoever resumes is not verified again, and could outlive its certificate or
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
  #judge: Judge = () => undefined;
  readonly #open = new Set<TLSSocket>();
  /** When the first certificate of an open connection ends, or earlier. */
  #firstEnd = Infinity;
  #expiry: Alarm | undefined;
  /** Until those are cut off whose authority is not trusted any more. */
  #distrust: NodeJS.Timeout | undefined;
  /** Whether a handshake that has just ended may have begun when other authorities were trusted. */
  #hasOtherAuthorities = false;
  readonly #onReplaced = new Set<() => void>();
  readonly #onTurnedAway = new Set<(peer: TurnedAway) => void>();

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
      this.#distrust = setTimeout(() => this.#cutUntrusted(), lateMs).unref();
    }
    for (const listener of this.#onReplaced) listener();
  }

  /** Returns how to stop listening. */
  onReplaced(listener: () => void): () => void {
    this.#onReplaced.add(listener);
    return () => this.#onReplaced.delete(listener);
  }

  /** Judges every peer from now on, and those at once whose connections are open. */
  judgeBy(judge: Judge): void {
    this.#judge = judge;
    for (const socket of [...this.#open]) this.#cutIfRefused(socket);
  }

  /** Hears of each peer that is not let in, or cut off. */
  onTurnedAway(listener: (peer: TurnedAway) => void): void {
    this.#onTurnedAway.add(listener);
  }

  /** Tells of a handshake that failed. */
  handshakeFailed(address: string | undefined, why: string): void {
    this.#tell({ address, certificate: undefined, why });
  }

  /**
   * Lets the peer of a finished handshake in until its certificate ends or the judgement changes, or cuts the
   * connection and returns the reason. Where the clock is set past that end, the connection is cut within three seconds.
   */
  admit(socket: TLSSocket): string | undefined {
    const why = this.#cutIfRefused(socket);
    if (why !== undefined) return why;
    if (this.#hasOtherAuthorities) {
      const distrusted = this.#cutIfUntrusted(socket);
      if (distrusted !== undefined) return distrusted;
    }
    this.#open.add(socket);
    if (endOf(socket) < this.#firstEnd) this.#expectEnd(endOf(socket));
    socket.once('close', () => {
      this.#open.delete(socket);
      if (this.#open.size === 0) this.#expectEnd(Infinity);
    });
    return undefined;
  }

  /** Cuts the connection, and tells of it. */
  turnAway(socket: TLSSocket, why: string): void {
    this.#tell({ address: socket.remoteAddress, certificate: socket.getPeerCertificate(), why });
    socket.destroy();
  }

  #expectEnd(end: number): void {
    this.#expiry?.cancel();
    this.#firstEnd = end;
    this.#expiry = end === Infinity ? undefined : new Alarm(end + 1, () => this.#cutEnded(), lateMs);
  }

  #cutEnded(): void {
    for (const socket of [...this.#open]) this.#cutIfRefused(socket);
    this.#expectEnd(Math.min(...Array.from(this.#open, endOf)));
  }

  #cutIfRefused(socket: TLSSocket): string | undefined {
    const certificate = socket.getPeerCertificate();
    const why =
      endOf(socket) < Date.now() ? `its certificate ended on ${certificate.valid_to}` : this.#judge(certificate);
    if (why === undefined) return undefined;
    this.turnAway(socket, why);
    return why;
  }

  #cutUntrusted(): void {
    this.#hasOtherAuthorities = true;
    for (const socket of [...this.#open]) this.#cutIfUntrusted(socket);
  }

  #cutIfUntrusted(socket: TLSSocket): string | undefined {
    if (isTrusted(verifiedPath(socket), parsePemCertificates(this.#material.ca))) return undefined;
    const why = 'the authority of its certificate is not trusted any more';
    this.turnAway(socket, why);
    return why;
  }

  #tell(peer: TurnedAway): void {
    for (const listener of this.#onTurnedAway) listener(peer);
  }
}
