// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import type { admin } from '@givc/rpc';
import { listedItem, type ListedItem } from './listed-item.js';

export interface ItemChange {
  readonly kind: 'Added' | 'Updated' | 'Removed';
  readonly item: admin.QueryListItem;
}

interface Initial {
  readonly kind: 'initial';
  readonly items: readonly admin.QueryListItem[];
}

/** The list at the beginning of a watch, or a change. */
export type ListOrChange = Initial | ItemChange;

const jsonKeys = { Added: 'UnitRegistered', Updated: 'UnitStatusChanged', Removed: 'UnitShutdown' } as const;
const verbs = { Added: 'registered', Updated: 'changed', Removed: 'gone' } as const;

/** A change in the JSON of the contract: the item under the name of the change. */
export const jsonChange = ({ kind, item }: ItemChange): Record<string, ListedItem> => ({
  [jsonKeys[kind]]: listedItem(item),
});

export function formatChange({ kind, item }: ItemChange): string {
  const where = item.VmName ? ` in ${item.VmName}` : '';
  return `${item.Name}${where}: ${verbs[kind]}${kind === 'Removed' ? '' : `, ${item.VmStatus}`}`;
}

/**
 * The list first, then `limit` changes. Throws UNAVAILABLE when the admin ends the watch earlier. Items of an unknown
 * kind, which a newer admin may send, are skipped.
 */
export async function* changes(
  watch: AsyncIterable<admin.WatchItem>,
  limit: number,
): AsyncGenerator<ListOrChange, void, undefined> {
  let left = limit;
  for await (const { Status } of watch) {
    if (Status?.$case === 'Initial') yield { kind: 'initial', items: Status.value.List };
    else if (Status) {
      yield { kind: Status.$case, item: Status.value };
      left -= 1;
    }
    if (left <= 0) return;
  }
  throw new GivcError('UNAVAILABLE', 'the admin ended the watch');
}
