// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callerOf } from '@givc/access';
import { GivcError, type VmName } from '@givc/model';
import type { ServerCall } from '@givc/rpc';

/** PERMISSION_DENIED unless the caller is `permitted`. `action` completes "net-vm may not ..." for the message. */
export function assertPermitted(call: ServerCall, permitted: VmName, action: string): void {
  const { peer } = callerOf(call);
  // Without TLS a peer has no name.
  if (peer && peer.name !== permitted)
    throw new GivcError('PERMISSION_DENIED', `${peer.name} may not ${action}: only ${permitted} may`);
}
