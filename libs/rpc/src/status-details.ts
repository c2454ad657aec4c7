// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseText, type ErrorInfo as GivcErrorInfo, type GivcError } from '@givc/model';
import { BadRequest, DebugInfo, ErrorInfo } from './generated/google/rpc/error_details.js';
import { Status } from './generated/google/rpc/status.js';

/** The trailer of a failed call that carries a `google.rpc.Status` (https://grpc.io/docs/guides/error/). */
export const detailsTrailer = 'grpc-status-details-bin';

const domain = 'givc';
const typePrefix = 'type.googleapis.com/google.rpc.';

export type ErrorDetails = Pick<GivcError, 'field' | 'info'>;

/** The trailer for `details`; undefined when they are empty. */
export function encodeDetails(code: number, message: string, { field, info }: ErrorDetails): Buffer | undefined {
  const details = [];
  if (info)
    details.push({
      type_url: `${typePrefix}ErrorInfo`,
      value: Buffer.from(ErrorInfo.encode({ reason: info.reason, domain, metadata: { ...info.metadata } }).finish()),
    });
  if (field !== undefined)
    details.push({
      type_url: `${typePrefix}BadRequest`,
      value: Buffer.from(BadRequest.encode({ field_violations: [{ field, description: '' }] }).finish()),
    });
  if (details.length === 0) return undefined;
  return Buffer.from(Status.encode({ code, message, details }).finish());
}

interface DecodedDetails extends Partial<ErrorDetails> {
  /** The cause of a failure in the details of an admin of another implementation. */
  readonly debug?: string;
}

const [wordMax, valueMax, valuesMax] = [128, 1_024, 16];

const parseInfo = ({ reason, metadata }: Pick<ErrorInfo, 'reason' | 'metadata'>): GivcErrorInfo => ({
  reason: parseText(reason, wordMax),
  metadata: Object.fromEntries(
    Object.entries(metadata)
      .slice(0, valuesMax)
      .map(([key, value]) => [parseText(key, wordMax), parseText(value, valueMax)]),
  ),
});

/** The details in a trailer, with texts cut and printable; empty when it is damaged or from another domain. */
export function decodeDetails(trailer: unknown): DecodedDetails {
  if (!Buffer.isBuffer(trailer)) return {};
  try {
    let [field, info]: [string | undefined, GivcError['info']] = [undefined, undefined];
    let debug: string | undefined;
    for (const { type_url, value } of Status.decode(trailer).details) {
      if (type_url === `${typePrefix}BadRequest`) field ??= BadRequest.decode(value).field_violations[0]?.field;
      if (type_url === `${typePrefix}DebugInfo`) debug ??= DebugInfo.decode(value).detail;
      if (type_url !== `${typePrefix}ErrorInfo`) continue;
      const { reason, domain: from, metadata } = ErrorInfo.decode(value);
      if (from === domain) info ??= parseInfo({ reason, metadata });
    }
    return { field: field && parseText(field, wordMax), info, ...(debug && { debug }) };
  } catch {
    return {};
  }
}
