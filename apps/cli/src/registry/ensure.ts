// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { retry } from '@givc/time';
import { itemMatcher, type ItemFilter } from './listed-item.js';

/** The interval of tries: one second. */
const everySecond = { firstMs: 1_000, lastMs: 1_000 };

/**
 * Resolves at the first of `tries`, one a second, that finds an item. An admin that cannot be reached has nothing
 * registered yet. Throws NOT_FOUND after the last try, or the failure of that try.
 */
export async function ensureRegistered(
  filter: ItemFilter,
  tries: number,
  list: () => Promise<readonly admin.QueryListItem[]>,
): Promise<void> {
  const matches = itemMatcher(filter);
  const name = filter.names?.join(', ') ?? 'such a unit';
  const count = `${tries} ${tries === 1 ? 'try' : 'tries'}`;
  const missing = new GivcError('NOT_FOUND', `${name} is not registered after ${count}`);
  let left = tries;
  const attempt = async () => {
    if (!(await list()).some(matches)) throw missing;
  };
  const onFailure = (error: unknown) => {
    const mayPass = error === missing || (error instanceof GivcError && error.reason === 'UNAVAILABLE');
    if (--left <= 0 || !mayPass) throw error;
  };
  await retry(attempt, { backoff: everySecond, onFailure });
}
