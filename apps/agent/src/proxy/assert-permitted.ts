// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callerOf } from '@givc/access';
import { GivcError, type VmName } from '@givc/model';
import type { ServerCall } from '@givc/rpc';

/** PERMISSION_DENIED unless the caller is this peer. `action` completes "net-vm may not ..." for the message. */
export function assertPermitted(call: ServerCall, permittedPeer: VmName, action: string): void {
  const { peer } = callerOf(call);
  // Without TLS, peers have no names, and every peer is permitted.
  if (peer && peer.name !== permittedPeer)
    throw new GivcError('PERMISSION_DENIED', `${peer.name} may not ${action}: only ${permittedPeer} may`);
}
