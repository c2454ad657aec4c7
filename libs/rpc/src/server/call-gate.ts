// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { GivcError } from '@givc/model';
import type { PeerOfCall } from './peer-key.js';

/** A call whose stream has opened, before anything of its request. */
export interface OpeningCall extends PeerOfCall {
  /** `/package.Service/Method`. */
  getPath(): string;
}

/** Decides about calls before any byte of their messages is kept. */
export interface CallGate {
  /** Throws the GivcError that the caller is refused with. */
  open(call: OpeningCall): void;
  /** Hears of each call that the server refuses for what it costs: with RESOURCE_EXHAUSTED or DEADLINE_EXCEEDED. */
  refused(call: OpeningCall, error: GivcError): void;
}
