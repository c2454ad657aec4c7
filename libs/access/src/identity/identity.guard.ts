import type { PeerCertificate } from 'node:tls';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { GivcError, type Reason } from '@givc/model';
import { callOf } from '@givc/rpc';
import { Access } from '../access.js';
import { callerOf, expiryOf, peerOfCertificate, type Caller } from './peer.js';

function problemOf({ peer, address }: Caller): string | undefined {
  if (!peer) return 'the caller has no certificate';
  const expiry = expiryOf(peer);
  if (expiry !== undefined) return expiry;
  if (peer.name === undefined) return 'the certificate carries no DNS name, so nobody knows who calls';
  if (address === undefined || peer.hasAddress(address)) return undefined;
  return `the certificate of ${peer.name} is not for the address ${address}`;
}

/**
 * Binds a caller to its certificate: it must carry a name, and on TCP the address that the call comes from. Otherwise
 * PERMISSION_DENIED; UNAUTHENTICATED without a certificate, and with one that has ended since the connection was made; and
 * a line in the record. With TLS off there is nothing to bind.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  /** Certificates that were found right; each connection has its own object, and one address for as long as it lives. */
  readonly #right = new WeakSet<PeerCertificate>();

  constructor(private readonly access: Access) {}

  canActivate(context: ExecutionContext): boolean {
    const started = performance.now();
    const call = callOf(context);
    const certificate = call.getAuthContext().sslPeerCertificate;
    if (!this.access.identity) return true;
    const hasEnded = certificate && expiryOf(peerOfCertificate(certificate)) !== undefined;
    if (certificate && !hasEnded && this.#right.has(certificate)) return true;
    const caller = callerOf(call);
    const problem = problemOf(caller);
    if (problem !== undefined) {
      const ms = performance.now() - started;
      const answer: Reason = certificate && !hasEnded ? 'PERMISSION_DENIED' : 'UNAUTHENTICATED';
      this.access.audit.refusal({ caller, rpc: call.getPath(), answer, ms, why: problem });
      throw new GivcError(answer, problem);
    }
    this.#right.add(certificate!);
    return true;
  }
}
