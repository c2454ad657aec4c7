// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { GivcError } from '@givc/model';

/**
 * What is wrong with a connection that was not established:
 * - `no-machine`, `no-vsock`, `no-koffi`: of vsock; `detail` has the CID that no machine has.
 * - `refused`, `no-socket`, `not-permitted`, `unreachable`, `unresolved`: of the socket (connect(2)) or the name.
 * - `other-name`, `not-valid-now`, `other-authority`: of the certificate of the other end; `detail` has its names, or how
 *   it is not valid.
 * - `no-tls`, `no-tls-version`: what the other end speaks.
 * - `closed`: the other end hung up without a word, as of a certificate that it rejects.
 */
export type ConnectionProblem = (typeof problems)[number][0] | 'closed';

/** How a call failed for its connection. */
export type ConnectionFailure =
  | { readonly state: 'not-connected'; readonly problem: ConnectionProblem; readonly detail?: string }
  /** Its deadline has passed after so many seconds, with a connection or while there was none. */
  | { readonly state: 'late'; readonly seconds: number; readonly wasConnected: boolean }
  /** It was sent, and the connection has ended before the answer. */
  | { readonly state: 'broken' };

/** In the texts of node:net, node:tls, OpenSSL and libs/vsock, which grpc-js passes on. */
const problems = [
  ['refused', /ECONNREFUSED|connect ECONNRESET vsock:/],
  ['no-machine', /connect ENODEV vsock:([0-9]+)/],
  ['no-vsock', /connect EAFNOSUPPORT vsock:/],
  ['no-koffi', /need the package "koffi"/],
  ['no-socket', /ENOENT/],
  ['not-permitted', /EACCES/],
  ['unreachable', /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/],
  ['unresolved', /^Name resolution failed/],
  ['other-name', /not in the cert's altnames: (.*?)(?:\. Resolution note.*)?$/],
  ['not-valid-now', /certificate (has expired|is not yet valid)/],
  ['other-authority', /self-signed certificate|unable to (?:verify|get)/],
  ['no-tls', /wrong version number|packet length too long/],
  ['no-tls-version', /protocol version|handshake failure/],
] as const;

/**
 * Undefined for an answer of a server. grpc-js (1.14.7) has a status and a text for all of these and no field, so this
 * is the only place that reads its texts, and the text of call-deadline.ts, which passes through grpc-js:
 * connection-failure.spec.ts fails when they change.
 */
export function connectionFailureOf({ info, message }: GivcError): ConnectionFailure | undefined {
  if (info !== undefined) return undefined;
  if (/^(No connection established|Name resolution failed)/.test(message)) {
    for (const [problem, pattern] of problems) {
      const found = pattern.exec(message);
      if (found) return { state: 'not-connected', problem, detail: found[1] };
    }
    return { state: 'not-connected', problem: 'closed' };
  }
  const late = /^Deadline exceeded after ([0-9.]+)s/.exec(message);
  if (late)
    return { state: 'late', seconds: Number(late[1]), wasConnected: !message.includes('waiting for a connection') };
  return /^(Connection dropped|read ECONN|write E|Received RST_STREAM|Stream refused|Call ended)/.test(message)
    ? { state: 'broken' }
    : undefined;
}
