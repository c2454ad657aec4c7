// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf } from '@givc/model';

/**
 * What is wrong with a connection that was not established:
 * - `no-machine`, `no-vsock`, `no-koffi`: of vsock; `detail` has the CID that no machine has.
 * - `refused`, `no-socket`, `not-permitted`, `unreachable`, `unresolved`: of the socket (connect(2)) or the name.
 * - `other-name`, `not-valid-now`, `other-authority`, `rejected`: the certificate of the server was rejected; `detail`
 *   has its names, its validity, or the reason.
 * - `no-tls`, `no-tls-version`: the server does not speak TLS, or only an older version.
 * - `closed`: the server closed the connection without an error, as it does when it rejects the client's certificate.
 */
export type ConnectionProblem =
  | 'refused'
  | 'no-machine'
  | 'no-vsock'
  | 'no-koffi'
  | 'no-socket'
  | 'not-permitted'
  | 'unreachable'
  | 'unresolved'
  | 'other-name'
  | 'not-valid-now'
  | 'other-authority'
  | 'rejected'
  | 'no-tls'
  | 'no-tls-version'
  | 'closed';

/** How a call failed because of its connection. */
export type ConnectionFailure =
  | { readonly state: 'not-connected'; readonly problem: ConnectionProblem; readonly detail?: string }
  /** Its deadline has passed after this number of seconds, with a connection or without one. */
  | { readonly state: 'deadline-exceeded'; readonly seconds: number; readonly wasConnected: boolean }
  /** It was sent, and the connection has closed before the response. */
  | { readonly state: 'broken' };

/** Undefined for a status of a server. */
export const connectionFailureOf = ({ cause }: GivcError): ConnectionFailure | undefined =>
  (cause as { readonly failure?: ConnectionFailure } | undefined)?.failure;

/**
 * What stays the same as long as a problem lasts, for a log that has each problem once: the problem of a connection
 * that was not established, because a machine that is missing causes several errors; else the message of the error.
 */
export function problemOf(error: unknown): string {
  const failure = error instanceof GivcError ? connectionFailureOf(error) : undefined;
  return failure?.state === 'not-connected' ? failure.problem : messageOf(error);
}
