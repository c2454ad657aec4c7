import type { PeerCertificate } from 'node:tls';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { callOf } from '@givc/rpc';
import { peerOfCertificate } from './peer.js';

/** The IP address of `ADDRESS:PORT`; undefined where the transport has none. */
const ipOf = (peer: string): string | undefined => (peer === 'unknown' ? undefined : peer.replace(/:[0-9]+$/, ''));

/**
 * Binds a caller to its certificate: it must carry a name, and on TCP the address that the call comes from.
 * Otherwise PERMISSION_DENIED. With TLS off there is nothing to bind.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  /** Certificates that were found right; each connection has its own object, and one address for as long as it lives. */
  readonly #right = new WeakSet<PeerCertificate>();

  canActivate(context: ExecutionContext): boolean {
    const call = callOf(context);
    const certificate = call.getAuthContext().sslPeerCertificate;
    if (!certificate || this.#right.has(certificate)) return true;
    const peer = peerOfCertificate(certificate);
    if (peer.name === undefined)
      throw new GivcError('PERMISSION_DENIED', 'the certificate carries no DNS name, so nobody knows who calls');
    const ip = ipOf(call.getPeer());
    if (ip !== undefined && !peer.hasAddress(ip))
      throw new GivcError('PERMISSION_DENIED', `the certificate of ${peer.name} is not for the address ${ip}`);
    this.#right.add(certificate);
    return true;
  }
}
