// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError } from '@givc/model';
import type { history } from '@givc/rpc';

/** What every admin without the service answers. */
const tooOld = (cause: GivcError): GivcError =>
  new GivcError('FAILED_PRECONDITION', 'this admin keeps no history: only newer versions of this implementation do', {
    cause,
  });

/** The error for a person, of a call that admins of other implementations do not have. */
export const explainHistory = (error: unknown): unknown =>
  error instanceof GivcError && error.reason === 'UNIMPLEMENTED' ? tooOld(error) : error;

/** The events one by one. */
export async function* queryHistory(
  admin: AdminClient,
  request: Partial<history.QueryHistoryRequest>,
  signal?: AbortSignal,
): AsyncGenerator<history.HistoryEvent, void, undefined> {
  const all = {
    vm: '',
    unit: '',
    trace_id: '',
    since_ms: undefined,
    until_ms: undefined,
    last: 0,
    follow: false,
    ...request,
  };
  try {
    for await (const { events } of admin.queryHistory(all, signal && { signal })) yield* events;
  } catch (error) {
    throw explainHistory(error);
  }
}
