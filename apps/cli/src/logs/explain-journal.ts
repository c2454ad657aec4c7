// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** Other implementations of the admin do not serve the journal. */
export function explainJournal(error: unknown): unknown {
  if (!(error instanceof GivcError && error.reason === 'UNIMPLEMENTED')) return error;
  return new GivcError('FAILED_PRECONDITION', 'the admin does not offer journals; a newer givc-admin does', {
    cause: error,
  });
}
