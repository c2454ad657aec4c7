import type { PeerCertificate } from 'node:tls';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { callOf } from '@givc/rpc';
import { Audit } from '../audit/audit.js';
import { callerOf, type Caller } from './peer.js';

function problemOf({ peer, address }: Caller): string | undefined {
  if (peer?.name === undefined) return 'the certificate carries no DNS name, so nobody knows who calls';
  if (address === undefined || peer.hasAddress(address)) return undefined;
  return `the certificate of ${peer.name} is not for the address ${address}`;
}

/**
 * Binds a caller to its certificate: it must carry a name, and on TCP the address that the call comes from.
 * Otherwise PERMISSION_DENIED, and a line in the record. With TLS off there is nothing to bind.
 */
@Injectable()
export class IdentityGuard implements CanActivate {
  /** Certificates that were found right; each connection has its own object, and one address for as long as it lives. */
  readonly #right = new WeakSet<PeerCertificate>();

  constructor(private readonly audit: Audit) {}

  canActivate(context: ExecutionContext): boolean {
    const started = performance.now();
    const call = callOf(context);
    const certificate = call.getAuthContext().sslPeerCertificate;
    if (!certificate || this.#right.has(certificate)) return true;
    const caller = callerOf(call);
    const problem = problemOf(caller);
    if (problem !== undefined) {
      const ms = performance.now() - started;
      this.audit.refusal({ caller, rpc: call.getPath(), answer: 'PERMISSION_DENIED', ms, why: problem });
      throw new GivcError('PERMISSION_DENIED', problem);
    }
    this.#right.add(certificate);
    return true;
  }
}
