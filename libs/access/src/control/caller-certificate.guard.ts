// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate } from 'node:tls';
import { Injectable, type ArgumentsHost } from '@nestjs/common';
import { GivcError, type Reason } from '@givc/model';
import { callOf, type CallGate, type CallGuard, type OpeningCall } from '@givc/rpc';
import { currentTrace } from '@givc/trace';
import { Access } from '../access.js';
import type { AuditEvent } from '../audit/audit.js';
import { callerOf, expiryOf, isOfVsock, peerOfCertificate, type Caller } from '../identity/peer.js';

function problemOf({ peer, address }: Caller): string | undefined {
  if (!peer) return 'the caller has no certificate';
  const expiry = expiryOf(peer);
  if (expiry !== undefined) return expiry;
  if (peer.name === undefined) return 'the certificate has no DNS name, so the caller is unknown';
  if (address === undefined || isOfVsock(address) || peer.hasAddress(address)) return undefined;
  return `the certificate of ${peer.name} is not for the address ${address}`;
}

/**
 * Binds a caller to its certificate: the certificate must have a name and, on TCP, the address that the call comes
 * from. Otherwise PERMISSION_DENIED; UNAUTHENTICATED without a certificate, or with one that has expired since the
 * connection was made. Rejections are recorded. With TLS off there is nothing to bind. Where the server passes calls on
 * when they open, this happens before the request is kept.
 */
@Injectable()
export class CallerCertificateGuard implements CallGuard, CallGate {
  /** Certificates that were verified; each connection has its own object, and one address. */
  readonly #right = new WeakSet<PeerCertificate>();

  constructor(private readonly access: Access) {}

  canActivate(context: ArgumentsHost): boolean {
    this.open(callOf(context));
    return true;
  }

  rejected(call: OpeningCall, error: GivcError): void {
    const { reason: answer, message: reason } = error;
    this.#record(call, { answer, reason });
  }

  open(call: OpeningCall): void {
    const started = performance.now();
    const certificate = call.getAuthContext().sslPeerCertificate;
    if (!this.access.identity) return;
    const hasEnded = certificate && expiryOf(peerOfCertificate(certificate)) !== undefined;
    if (certificate && !hasEnded && this.#right.has(certificate)) return;
    const caller = callerOf(call);
    const problem = problemOf(caller);
    if (problem !== undefined) {
      const ms = performance.now() - started;
      const answer: Reason = certificate && !hasEnded ? 'PERMISSION_DENIED' : 'UNAUTHENTICATED';
      this.#record(call, { answer, ms, reason: problem });
      throw new GivcError(answer, problem);
    }
    this.#right.add(certificate!);
  }

  #record(call: OpeningCall, outcome: Pick<AuditEvent, 'answer' | 'ms' | 'reason'>): void {
    const traceId = currentTrace()?.traceId;
    this.access.audit.rejection({ caller: callerOf(call), rpc: call.getPath(), traceId, ...outcome });
  }
}
