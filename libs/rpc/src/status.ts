// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, parseLines, reasons, type Reason } from '@givc/model';
import type { ConnectionFailure } from './connection-failure.js';
import { originalDenialInfo } from './original-denial.js';
import { decodeDetails, detailsTrailer } from './status-details.js';
import type { CallStatus } from './wire/call-status.js';
import type { Metadata } from './wire/metadata.js';
import { status } from './wire/status-codes.js';

const reasonOfCode = new Map<number, Reason>(reasons.map((reason) => [status[reason], reason]));

/** The gRPC status code that a reason is named after. */
export const codeOf = (reason: Reason): status => status[reason];

/** The reason for a gRPC status code; INTERNAL for one that is none. */
export const reasonOf = (code: number): Reason => reasonOfCode.get(code) ?? 'INTERNAL';

/** The maximum length of the message of a server; those of other implementations may be long. */
const messageMax = 2_048;

/** The error with which a failed call rejects, throws or emits `error`. */
export interface CallError {
  readonly code?: number;
  readonly details?: string;
  readonly message?: string;
  readonly metadata?: Pick<Metadata, 'get'>;
  /** Present when the call failed for its connection. */
  readonly failure?: ConnectionFailure;
}

/** The outcome of a call that failed, as an error. */
export class CallFailure extends Error implements CallError {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata | undefined;
  readonly failure: ConnectionFailure | undefined;

  constructor({ code, details, metadata, failure }: CallStatus & Pick<CallError, 'failure'>) {
    super(`${code} ${status[code] ?? ''}: ${details}`);
    this.code = code;
    this.details = details;
    this.metadata = metadata;
    this.failure = failure;
  }
}

/**
 * The error of a failed call: the server's status code, its message, its details for programs and its cause. Texts are
 * cut and printable, because they are stored and logged.
 */
export function errorOfStatus(error: CallError): GivcError {
  const reason = reasonOf(error.code ?? status.UNKNOWN);
  const { debug, field, info } = decodeDetails(error.metadata?.get(detailsTrailer)[0]);
  const message = error.details || error.message || `status ${error.code}`;
  return new GivcError(reason, parseLines(debug ? `${message}: ${debug}` : message, messageMax), {
    cause: error,
    field,
    info: info ?? (reason === 'PERMISSION_DENIED' ? originalDenialInfo(message) : undefined),
  });
}

/** Whether the server of a failed call has answered UNKNOWN, which has no reason: `errorOfStatus` makes it INTERNAL. */
export const isUnknownStatus = ({ cause }: GivcError): boolean =>
  (cause as CallError | undefined)?.code === status.UNKNOWN;
