// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';

const keyOf = ({ VmName, Name }: admin.QueryListItem): string => `${VmName} ${Name}`;

const isSame = (a: admin.QueryListItem, b: admin.QueryListItem): boolean => JSON.stringify(a) === JSON.stringify(b);

/** `MACHINE UNIT STATUS` of each unit, sorted. */
export const rowsOf = (items: Iterable<admin.QueryListItem>): string[] =>
  [...items].map((item) => `${keyOf(item)} ${item.VmStatus}`).sort();

/** A copy of the registry from the items of one `Watch`. */
export class WatchedRegistry {
  readonly #items = new Map<string, admin.QueryListItem>();
  #hasBegun = false;

  get rows(): string[] {
    return rowsOf(this.#items.values());
  }

  get items(): readonly admin.QueryListItem[] {
    return [...this.#items.values()];
  }

  /** Applies the next item; returns a problem if the item is invalid after the earlier ones. */
  take({ Status }: admin.WatchItem): string | undefined {
    if (!Status) return 'an item without a status';
    if (Status.$case === 'Initial') {
      if (this.#hasBegun) return 'a second Initial';
      this.#hasBegun = true;
      for (const item of Status.value.List) this.#items.set(keyOf(item), item);
      return undefined;
    }
    if (!this.#hasBegun) return `${Status.$case} before Initial`;
    const { $case: kind, value: item } = Status;
    const known = this.#items.get(keyOf(item));
    if (kind === 'Removed') this.#items.delete(keyOf(item));
    else this.#items.set(keyOf(item), item);
    return this.#problemOf(kind, item, known);
  }

  #problemOf(kind: string, item: admin.QueryListItem, known: admin.QueryListItem | undefined): string | undefined {
    const what = `${kind} ${keyOf(item)} ${item.VmStatus}`;
    if (kind === 'Added') return known && `${what}: it was there already`;
    if (!known) return `${what}: it was not there`;
    return kind === 'Updated' && isSame(known, item) ? `${what}: nothing has changed` : undefined;
  }
}
