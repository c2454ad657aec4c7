// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { itemMatcher, type ItemFilter } from './listed-item.js';

export interface EnsureOptions {
  readonly list: () => Promise<readonly admin.QueryListItem[]>;
  /** Resolves when it is time to try again. */
  readonly nextTry: () => Promise<void>;
}

/**
 * Resolves at the first of `tries` that finds an item. An admin that cannot be reached has nothing registered yet.
 * Throws NOT_FOUND after the last try, or the failure of that try.
 */
export async function ensureRegistered(
  filter: ItemFilter,
  tries: number,
  { list, nextTry }: EnsureOptions,
): Promise<void> {
  const matches = itemMatcher(filter);
  for (let left = tries; left > 0; left -= 1) {
    try {
      if ((await list()).some(matches)) return;
    } catch (error) {
      if (left === 1 || !(error instanceof GivcError && error.reason === 'UNAVAILABLE')) throw error;
    }
    if (left > 1) await nextTry();
  }
  const name = filter.names?.join(', ') ?? 'such a unit';
  throw new GivcError('NOT_FOUND', `${name} is not registered after ${tries} ${tries === 1 ? 'try' : 'tries'}`);
}
