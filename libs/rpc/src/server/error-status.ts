// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metadata } from '@grpc/grpc-js';
import type { GivcError } from '@givc/model';
import { codeOf } from '../status.js';
import { detailsTrailer, encodeDetails } from '../status-details.js';

/**
 * The message is limited to fewer bytes, in any language, than the 8 KiB that peers accept for all headers, of which it
 * is one.
 */
const messageMax = 800;
/** The limit with details, which repeat the message. */
const detailedMessageMax = 500;

/** The text, cut at the end of a character: grpc-js cannot encode half of one. */
const shortened = (message: string, max: number): string =>
  message.length <= max ? message : `${message.slice(0, max).replace(/[\ud800-\udbff]$/, '')}…`;

export interface ErrorStatus {
  readonly code: number;
  readonly details: string;
  readonly metadata?: Metadata;
}

/** The status that a caller gets for an error. */
export function statusOf(error: GivcError): ErrorStatus {
  const code = codeOf(error.reason);
  const isDetailed = error.info !== undefined || error.field !== undefined;
  const details = shortened(error.message, isDetailed ? detailedMessageMax : messageMax);
  const encoded = encodeDetails(code, details, error);
  if (!encoded) return { code, details };
  const metadata = new Metadata();
  metadata.set(detailsTrailer, encoded);
  return { code, details, metadata };
}
