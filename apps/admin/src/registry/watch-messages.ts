// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';
import { itemBytes } from './registry-entry.js';
import type { RegistryChange } from './registry-store.js';

type Kind = RegistryChange['kind'];

/** A message of a watch. It is frozen, so that the server serializes it only once for all watchers. */
export interface WatchMessage {
  readonly message: admin.WatchItem;
  readonly bytes: number;
}

const messages = new WeakMap<admin.QueryListItem, Partial<Record<Kind, WatchMessage>>>();
const lists = new WeakMap<admin.QueryListResponse, WatchMessage>();

const frozen = (Status: NonNullable<admin.WatchItem['Status']>, bytes: number): WatchMessage => ({
  message: Object.freeze({ Status }),
  bytes,
});

/** The message of a change, one object for all watchers. */
export function changeMessage(kind: Kind, item: admin.QueryListItem): WatchMessage {
  let known = messages.get(item);
  if (!known) messages.set(item, (known = {}));
  return (known[kind] ??= frozen({ $case: kind, value: item }, itemBytes(item)));
}

/** The message of an initial list, one object for all watchers that begin while the list does not change. */
export function initialMessage(list: admin.QueryListResponse): WatchMessage {
  let known = lists.get(list);
  if (!known) {
    const bytes = list.List.reduce((sum, item) => sum + itemBytes(item), 0);
    lists.set(list, (known = frozen({ $case: 'Initial', value: list }, bytes)));
  }
  return known;
}
