// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address, GivcError } from '@givc/model';
import type { ConnectionProblem } from '../connection-failure.js';

/** Why an attempt to connect has failed. */
export interface ConnectError {
  readonly problem: ConnectionProblem;
  readonly detail?: string;
  /** For people. */
  readonly message: string;
}

/** The problems by the codes of connect(2), getaddrinfo(3), node:tls and OpenSSL. */
const problems: Readonly<Record<string, ConnectionProblem>> = {
  ECONNREFUSED: 'refused',
  ENOENT: 'no-socket',
  EACCES: 'not-permitted',
  EPERM: 'not-permitted',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  ENOTFOUND: 'unresolved',
  EAI_AGAIN: 'unresolved',
  ENODATA: 'unresolved',
  ERR_TLS_CERT_ALTNAME_INVALID: 'other-name',
  CERT_HAS_EXPIRED: 'not-valid-now',
  CERT_NOT_YET_VALID: 'not-valid-now',
  SELF_SIGNED_CERT_IN_CHAIN: 'other-authority',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'other-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'other-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'other-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'other-authority',
  CERT_SIGNATURE_FAILURE: 'other-authority',
  ERR_SSL_WRONG_VERSION_NUMBER: 'no-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'no-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'no-tls-version',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'no-tls-version',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'no-tls-version',
};

const ofVsock: Readonly<Record<string, ConnectionProblem>> = {
  ECONNRESET: 'refused',
  ENODEV: 'no-machine',
  EAFNOSUPPORT: 'no-vsock',
};

const details: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'has expired',
  CERT_NOT_YET_VALID: 'is not yet valid',
};

type SystemError = Partial<GivcError> & {
  readonly code?: string;
  readonly cert?: { readonly subjectaltname?: string };
};

/** Why no socket could be opened to this address. */
export function openError(error: unknown, address: Address): ConnectError {
  if (address.protocol !== 'vsock') return connectError(error);
  const { message = '', reason, cause } = error as SystemError;
  // libs/native: koffi is not installed.
  if (reason === 'FAILED_PRECONDITION') return { problem: 'no-koffi', message };
  const code = (cause as SystemError | undefined)?.code ?? '';
  const problem = ofVsock[code] ?? problems[code] ?? 'closed';
  return { problem, message, ...(problem === 'no-machine' && { detail: String(address.cid) }) };
}

/** Why a connection of this socket was not established. */
export function connectError(error: unknown): ConnectError {
  const { code = '', message = String(error), cert } = error as SystemError;
  const problem = problems[code] ?? 'closed';
  const detail = problem === 'other-name' ? (cert?.subjectaltname ?? 'no name') : details[code];
  return { problem, message: message === '' ? code : message.trim(), ...(detail !== undefined && { detail }) };
}
