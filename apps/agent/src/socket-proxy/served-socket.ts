// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';
import type { RejectedUsers } from './rejected-users.js';

/** A socket of this machine that the agent of another one may connect to. */
export class ServedSocket {
  readonly socket!: string;
  /** The only peer that may connect, by the name in its certificate. */
  readonly permittedPeer!: VmName;
  readonly maxConnections!: number;
  /** Receives the users whose clients a bus behind the socket rejects. */
  readonly rejectedUsers!: Pick<RejectedUsers, 'add'>;
}
