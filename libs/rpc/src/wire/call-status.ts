// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';
import { Metadata } from './metadata.js';
import { status } from './status-codes.js';
import { decodeMessage, encodeMessage } from './status-message.js';

/** How a call has ended. */
export interface CallStatus {
  /** A peer of another implementation may send an unknown number. */
  readonly code: status;
  /** The message for people. */
  readonly details: string;
  readonly metadata?: Metadata;
}

/** The trailers with this status. */
export function trailersOf({ code, details, metadata }: CallStatus): OutgoingHttpHeaders {
  const trailers: OutgoingHttpHeaders = metadata?.toHeaders() ?? {};
  trailers['grpc-status'] = String(code);
  if (details !== '') trailers['grpc-message'] = encodeMessage(details);
  return trailers;
}

/**
 * The status in trailers, or in headers without trailers; undefined when they have none. An invalid code is UNKNOWN.
 */
export function statusOfTrailers(headers: IncomingHttpHeaders): CallStatus | undefined {
  const { 'grpc-status': code, 'grpc-message': message } = headers as Readonly<Record<string, string | undefined>>;
  if (code === undefined) return undefined;
  return {
    code: /^[0-9]{1,3}$/.test(code) ? Number(code) : status.UNKNOWN,
    details: message === undefined ? '' : decodeMessage(message),
    metadata: Metadata.fromHeaders(headers),
  };
}
