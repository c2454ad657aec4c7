// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf } from '@givc/model';
import { connectionFailureOf, type ConnectionFailure, type ConnectionProblem } from '@givc/rpc';

/** A problem, to be read after its subject, and its fix. */
export interface Advice {
  readonly message: string;
  readonly fix: string;
}

/** An advice about the connection to a peer. */
export interface PeerAdvice extends Advice {
  /** Whether a certificate, or TLS itself, is the reason; otherwise it is the network or the peer. */
  readonly isOfTls: boolean;
}

const network = 'is the machine running, and is the network between them up?';

const advices: Readonly<Record<ConnectionProblem, (detail: string) => Advice>> = {
  refused: () => ({
    message: 'refuses connections',
    fix: 'is its daemon running, and does it listen at this address?',
  }),
  'no-machine': (cid) => ({ message: `cannot be reached: no machine has the CID ${cid}`, fix: network }),
  'no-vsock': () => ({ message: 'cannot be reached: this kernel has no vsock', fix: 'modprobe vsock' }),
  'no-koffi': () => ({ message: 'cannot be reached: vsock needs koffi', fix: 'install the program as it is packaged' }),
  'no-socket': () => ({ message: 'does not exist', fix: 'is the daemon running that makes this socket?' }),
  'not-permitted': () => ({ message: 'may not be used', fix: 'give the user of this daemon access to the socket' }),
  unreachable: () => ({ message: 'cannot be reached: there is no way to this address', fix: network }),
  unresolved: () => ({
    message: 'cannot be reached: its host name is unknown',
    fix: 'use an IP address, or add the name to the DNS or to /etc/hosts',
  }),
  'other-name': (names) => ({
    message: `has a certificate for ${names.replace(/DNS:|IP Address:/g, '')}`,
    fix: 'correct the name in the configuration, or issue the certificate for that name',
  }),
  'not-valid-now': (what) => ({
    message: `has a certificate that ${what}`,
    fix: 'renew it there (givc-cli certs issue), or set the clock',
  }),
  'other-authority': () => ({
    message: 'has a certificate of another authority',
    fix: 'have both machines trust the authority that signed it (ca-cert.pem)',
  }),
  rejected: (reason) => ({ message: `has a certificate that is rejected: ${reason}`, fix: 'issue it again' }),
  'no-tls': () => ({ message: 'does not speak TLS', fix: 'enable TLS on both sides or on neither' }),
  'no-tls-version': () => ({ message: 'cannot agree on TLS 1.3', fix: 'is it a daemon of GIVC that listens there?' }),
  closed: () => ({
    message: 'closes the connection',
    fix: 'does it trust the authority of our certificate, and is TLS on at both sides?',
  }),
};

const ofTls: ReadonlySet<ConnectionProblem> = new Set([
  ...(['other-name', 'not-valid-now', 'other-authority', 'rejected'] as const),
  ...(['no-tls', 'no-tls-version', 'closed'] as const),
]);

type NotConnected = Extract<ConnectionFailure, { readonly state: 'not-connected' }>;

/**
 * Why there is no connection to a peer, and what to do about it. A peer that rejects the certificate of this machine
 * only closes the connection; then `own`, the problem of that certificate, is the reason.
 */
export function adviceOnConnection({ problem, detail = '' }: Omit<NotConnected, 'state'>, own?: Advice): PeerAdvice {
  if (problem === 'closed' && own)
    return { message: `closes the connection, because ${own.message}`, fix: own.fix, isOfTls: true };
  return { ...advices[problem](detail), isOfTls: ofTls.has(problem) };
}

/** The failure of the connection in an error, or in one of its causes. */
function failureOf(error: unknown): ConnectionFailure | undefined {
  if (!(error instanceof GivcError)) return undefined;
  return connectionFailureOf(error) ?? failureOf(error.cause);
}

/** What has failed in a call of a peer, and what to do about it; `own` as for `adviceOnConnection`. */
export function adviceFor(error: unknown, own?: Advice): PeerAdvice {
  const failure = failureOf(error);
  switch (failure?.state) {
    case 'not-connected':
      return adviceOnConnection(failure, own);
    case 'deadline-exceeded': {
      const seconds = Math.round(failure.seconds);
      return failure.wasConnected
        ? { message: `did not answer within ${seconds} s`, fix: 'is it overloaded, or frozen?', isOfTls: false }
        : { message: `cannot be reached: no answer within ${seconds} s`, fix: network, isOfTls: false };
    }
    case 'broken':
    case undefined:
      return { message: `failed: ${messageOf(error)}`, fix: 'see the log of its daemon', isOfTls: false };
  }
}
