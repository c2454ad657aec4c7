// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  NGHTTP2_CANCEL,
  NGHTTP2_ENHANCE_YOUR_CALM,
  NGHTTP2_INADEQUATE_SECURITY,
  NGHTTP2_REFUSED_STREAM,
} from './http2-codes.js';

/** The status codes of gRPC (https://github.com/grpc/grpc/blob/master/doc/statuscodes.md). */
export enum status {
  OK = 0,
  CANCELLED = 1,
  UNKNOWN = 2,
  INVALID_ARGUMENT = 3,
  DEADLINE_EXCEEDED = 4,
  NOT_FOUND = 5,
  ALREADY_EXISTS = 6,
  PERMISSION_DENIED = 7,
  RESOURCE_EXHAUSTED = 8,
  FAILED_PRECONDITION = 9,
  ABORTED = 10,
  OUT_OF_RANGE = 11,
  UNIMPLEMENTED = 12,
  INTERNAL = 13,
  UNAVAILABLE = 14,
  DATA_LOSS = 15,
  UNAUTHENTICATED = 16,
}

const ofHttp: Readonly<Record<number, status>> = {
  400: status.INTERNAL,
  401: status.UNAUTHENTICATED,
  403: status.PERMISSION_DENIED,
  404: status.UNIMPLEMENTED,
  429: status.UNAVAILABLE,
  502: status.UNAVAILABLE,
  503: status.UNAVAILABLE,
  504: status.UNAVAILABLE,
};

/**
 * The status of an answer that has none but a status of HTTP
 * (https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md).
 */
export const statusOfHttp = (httpStatus: number): status => ofHttp[httpStatus] ?? status.UNKNOWN;

const ofReset: Readonly<Record<number, status>> = {
  [NGHTTP2_REFUSED_STREAM]: status.UNAVAILABLE,
  [NGHTTP2_CANCEL]: status.CANCELLED,
  [NGHTTP2_ENHANCE_YOUR_CALM]: status.RESOURCE_EXHAUSTED,
  [NGHTTP2_INADEQUATE_SECURITY]: status.PERMISSION_DENIED,
};

/**
 * The status of a call whose stream ended by RST_STREAM with this code ("Errors" in the specification of gRPC over
 * HTTP/2).
 */
export const statusOfReset = (code: number): status => ofReset[code] ?? status.INTERNAL;
