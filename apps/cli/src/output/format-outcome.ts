// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';

const success = 'Command successful.';

/** A sentence about the outcome, with the admin's own text when that is more than a success. */
export function formatOutcome(verb: string, what: string, { CmdStatus, AppStatus }: admin.ApplicationResponse): string {
  const more = [...new Set([CmdStatus, AppStatus])].filter((words) => words !== '' && words !== success);
  return more.length > 0 ? `${verb} ${what}: ${more.join('; ')}` : `${verb} ${what}.`;
}
