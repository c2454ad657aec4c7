// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { status, type Metadata } from '@grpc/grpc-js';
import { GivcError, parseLines, reasons, type Reason } from '@givc/model';
import { originalDenialInfo } from './original-denial.js';
import { decodeDetails, detailsTrailer } from './status-details.js';

const reasonOfCode = new Map<number, Reason>(reasons.map((reason) => [status[reason], reason]));

/** The gRPC status code that a reason is named after. */
export const codeOf = (reason: Reason): status => status[reason];

/** Of the message of a server; those of other makes may be long. */
const messageMax = 2_048;

/** What a failed call rejects with, throws or emits as `error`. */
export interface CallError {
  readonly code?: number;
  readonly details?: string;
  readonly message?: string;
  readonly metadata?: Metadata;
}

/**
 * The error of a failed call: the server's status code, its message, and what it says to programs and of the cause. Texts are
 * cut and printable, as they are stored and logged.
 */
export function errorOfStatus(error: CallError): GivcError {
  const reason = reasonOfCode.get(error.code ?? status.UNKNOWN) ?? 'INTERNAL';
  const { debug, field, info } = decodeDetails(error.metadata?.get(detailsTrailer)[0]);
  const message = error.details || error.message || `status ${error.code}`;
  return new GivcError(reason, parseLines(debug ? `${message}: ${debug}` : message, messageMax), {
    cause: error,
    field,
    info: info ?? (reason === 'PERMISSION_DENIED' ? originalDenialInfo(message) : undefined),
  });
}

/** Whether the server of a failed call has answered UNKNOWN, for which there is no reason: `errorOfStatus` makes it INTERNAL. */
export const isUnknownStatus = ({ cause }: GivcError): boolean =>
  (cause as CallError | undefined)?.code === status.UNKNOWN;
