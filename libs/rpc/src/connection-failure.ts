// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { GivcError } from '@givc/model';

/**
 * What is wrong with a connection that was not established:
 * - `no-machine`, `no-vsock`, `no-koffi`: of vsock; `detail` has the CID that no machine has.
 * - `refused`, `no-socket`, `not-permitted`, `unreachable`, `unresolved`: of the socket (connect(2)) or the name.
 * - `other-name`, `not-valid-now`, `other-authority`, `rejected`: of the certificate of the other end; `detail` has its names,
 *   how it is not valid, or the reason.
 * - `no-tls`, `no-tls-version`: what the other end speaks.
 * - `closed`: the other end hung up without a word, as of a certificate that it rejects.
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

/** How a call failed for its connection. */
export type ConnectionFailure =
  | { readonly state: 'not-connected'; readonly problem: ConnectionProblem; readonly detail?: string }
  /** Its deadline has passed after so many seconds, with a connection or while there was none. */
  | { readonly state: 'late'; readonly seconds: number; readonly wasConnected: boolean }
  /** It was sent, and the connection has ended before the answer. */
  | { readonly state: 'broken' };

/** Undefined for an answer of a server. */
export const connectionFailureOf = ({ cause }: GivcError): ConnectionFailure | undefined =>
  (cause as { readonly failure?: ConnectionFailure } | undefined)?.failure;
