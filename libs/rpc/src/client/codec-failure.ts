// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '@givc/model';
import type { Rpc } from '../rpc.js';
import { status } from '../wire/status-codes.js';
import type { CallOutcome } from './connection.js';

/** Encodes a request; returns the outcome INTERNAL when that fails. */
export function serialized<Request>(method: Rpc<Request, unknown>, request: Request): Buffer | CallOutcome {
  try {
    return method.requestSerialize(request);
  } catch (error) {
    return { code: status.INTERNAL, details: `the request cannot be encoded: ${messageOf(error)}` };
  }
}

/** The outcome of a call whose response cannot be decoded. */
export const parsingFailure = (error: unknown): CallOutcome => ({
  code: status.INTERNAL,
  details: `the response cannot be decoded: ${messageOf(error)}`,
});
