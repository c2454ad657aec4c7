// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin, Encoded } from '@givc/rpc';
import type { RegistryChange } from './registry-store.js';

type Kind = RegistryChange['kind'];

/** The field of each message in WatchItem. */
const fields = { Initial: 1, Added: 2, Updated: 3, Removed: 4 } as const satisfies Record<Kind | 'Initial', number>;

/** The tag and the length of a field that is a message (https://protobuf.dev/programming-guides/encoding/). */
function fieldHead(field: number, bytes: number): Buffer {
  const head = [(field << 3) | 2];
  let left = bytes;
  for (; left > 127; left >>>= 7) head.push((left & 127) | 128);
  return Buffer.from([...head, left]);
}

/** The list at one time, encoded. All calls share its bytes, and it shares those of unchanged entries with others. */
export interface EncodedList {
  /** The answer of QueryList. */
  readonly response: Encoded;
  /** The first message of a watch. */
  readonly initial: Encoded;
}

/** `blocks` are the bytes of a QueryListResponse, in pieces. */
export function encodedList(blocks: readonly Uint8Array[]): EncodedList {
  const bytes = blocks.reduce((sum, { length }) => sum + length, 0);
  return {
    response: new Encoded(...blocks),
    initial: new Encoded(fieldHead(fields.Initial, bytes), ...blocks),
  };
}

const changes = new WeakMap<admin.QueryListItem, Partial<Record<Kind, Encoded>>>();

/** The message of a change, the same object for all watchers. */
export function encodedChange(kind: Kind, item: admin.QueryListItem): Encoded {
  let known = changes.get(item);
  if (!known) changes.set(item, (known = {}));
  if (known[kind]) return known[kind];
  const bytes = admin.QueryListItem.encode(item).finish();
  return (known[kind] = new Encoded(fieldHead(fields[kind], bytes.length), bytes));
}
