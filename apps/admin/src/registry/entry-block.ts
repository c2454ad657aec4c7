// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin } from '@givc/rpc';
import { itemOf, type RegistryEntry } from './registry-entry.js';

/** The maximum number of entries of a block. */
const size = 64;

/** The place of an entry in the list. */
export interface Row {
  entry: RegistryEntry;
  block: EntryBlock;
}

/**
 * Up to 64 consecutive entries of the registry, so that what is made of all entries, such as the list in its encoding,
 * is made again only for the blocks that have changed.
 */
export class EntryBlock {
  readonly #rows = new Set<Row>();
  #revision = 0;
  #items: Uint8Array | undefined;

  /** Increases with each change of an entry. */
  get revision(): number {
    return this.#revision;
  }

  get isEmpty(): boolean {
    return this.#rows.size === 0;
  }

  get isFull(): boolean {
    return this.#rows.size >= size;
  }

  /** The entries in their order. */
  *entries(): IterableIterator<RegistryEntry> {
    for (const { entry } of this.#rows) yield entry;
  }

  /** The items of the entries as the bytes of a QueryListResponse; the same object until one of them changes. */
  get items(): Uint8Array {
    return (this.#items ??= admin.QueryListResponse.encode({ List: Array.from(this.entries(), itemOf) }).finish());
  }

  add(entry: RegistryEntry): Row {
    const row = { entry, block: this };
    this.#rows.add(row);
    this.#changed(true);
    return row;
  }

  /** `isVisible` tells whether the item differs from that of the entry before. */
  replace(row: Row, entry: RegistryEntry, isVisible: boolean): void {
    row.entry = entry;
    this.#changed(isVisible);
  }

  remove(row: Row): void {
    this.#rows.delete(row);
    this.#changed(true);
  }

  /** Takes the entries of the next block, if both together are at most half full. Returns whether it did. */
  absorb(next: EntryBlock): boolean {
    if (this.#rows.size + next.#rows.size > size / 2) return false;
    for (const row of next.#rows) {
      row.block = this;
      this.#rows.add(row);
    }
    this.#changed(true);
    return true;
  }

  #changed(isVisible: boolean): void {
    this.#revision++;
    if (isVisible) this.#items = undefined;
  }
}
