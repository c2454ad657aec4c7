// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import type { report } from '@givc/rpc';

/** What the admin says of its machines; undefined when it is of another make, or does not let us know. */
export async function listMachines(admin: AdminClient): Promise<readonly report.Machine[] | undefined> {
  try {
    return (await admin.listMachines()).machines;
  } catch (error) {
    if (error instanceof GivcError && (error.reason === 'UNIMPLEMENTED' || error.reason === 'PERMISSION_DENIED'))
      return undefined;
    throw error;
  }
}
