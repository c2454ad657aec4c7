// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient, CallOptions } from '@givc/client';
import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';

/** The answer of `report.Machines`; undefined when the admin does not serve it, or denies it. */
export async function listMachines(
  admin: AdminClient,
  options?: CallOptions,
): Promise<readonly report.Machine[] | undefined> {
  try {
    return (await admin.listMachines({}, options)).machines;
  } catch (error) {
    if (error instanceof GivcError && (error.reason === 'UNIMPLEMENTED' || error.reason === 'PERMISSION_DENIED'))
      return undefined;
    throw error;
  }
}
