// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Address } from '@givc/model';
import type { HandledRpc } from './serve-call.js';

/** Passes calls to the handlers of a server. */
export interface ServerTransport {
  /**
   * Accepts calls of these rpcs from now on, each under its path; resolves with the addresses, with the actual ports. A
   * call of another rpc is answered with UNIMPLEMENTED.
   */
  open(rpcs: ReadonlyMap<string, HandledRpc>): Promise<readonly Address[]>;
  /** The number of open connections. */
  connections(): Promise<number>;
  /** Accepts nothing more, and resolves when all connections have closed; open ones are closed after 150 ms. */
  close(): Promise<void>;
}
