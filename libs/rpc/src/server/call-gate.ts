// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { GivcError } from '@givc/model';
import type { ServerCall } from './call.js';

/** A call whose stream has opened, without its request. */
export type OpeningCall = Pick<ServerCall, 'getAuthContext' | 'getPath' | 'getPeer'>;

/** Decides about calls before any byte of their messages is kept. */
export interface CallGate {
  /** Throws the GivcError with which the caller is rejected. */
  open(call: OpeningCall): void;
  /**
   * Called for each call that the server rejects because of its limits: with RESOURCE_EXHAUSTED or DEADLINE_EXCEEDED.
   */
  rejected(call: OpeningCall, error: GivcError): void;
}
