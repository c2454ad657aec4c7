// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { runProgram } from '@givc/programs';

/** The number of a user, from any source of nsswitch.conf(5). FAILED_PRECONDITION when there is no such user. */
export async function uidOf(user: string): Promise<number> {
  const { status, stdout } = await runProgram('id', ['-u', '--', user]);
  if (status !== 0) throw new GivcError('FAILED_PRECONDITION', `this machine has no user "${user}"`);
  return Number(stdout.toString().trim());
}
