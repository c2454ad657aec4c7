// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { codeOf } from '../status.js';
import { detailsTrailer, encodeDetails } from '../status-details.js';
import type { CallStatus } from '../wire/call-status.js';
import { Metadata } from '../wire/metadata.js';

/**
 * The message is limited to fewer bytes, in any language, than the 8 KiB that peers accept for all headers, of which it
 * is one.
 */
const messageMax = 800;
/** The limit with details, which repeat the message. */
const detailedMessageMax = 500;

/** The text, cut at the end of a character: half of one has no encoding. */
const shortened = (message: string, max: number): string =>
  message.length <= max ? message : `${message.slice(0, max).replace(/[\ud800-\udbff]$/, '')}…`;

/** The status that a caller gets for an error. */
export function statusOf(error: GivcError): CallStatus {
  const code = codeOf(error.reason);
  const isDetailed = error.info !== undefined || error.field !== undefined;
  const details = shortened(error.message, isDetailed ? detailedMessageMax : messageMax);
  const encoded = encodeDetails(code, details, error);
  if (!encoded) return { code, details };
  const metadata = new Metadata();
  metadata.set(detailsTrailer, encoded);
  return { code, details, metadata };
}

const isStatus = (value: unknown): value is CallStatus =>
  typeof (value as CallStatus | undefined)?.code === 'number' && typeof (value as CallStatus).details === 'string';

/** The status of what a handler has failed with: a status that a filter made, or an error. */
export function statusOfError(error: unknown): CallStatus {
  if (error instanceof GivcError) return statusOf(error);
  return isStatus(error) ? error : { code: codeOf('INTERNAL'), details: 'internal error' };
}
