// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EntryBlock, type Row } from './entry-block.js';
import type { RegistryEntry } from './registry-entry.js';

/** All entries of the registry, in the order of their registration. */
export class EntryList {
  readonly #blocks: EntryBlock[] = [];

  get blocks(): readonly EntryBlock[] {
    return this.#blocks;
  }

  add(entry: RegistryEntry): Row {
    let last = this.#blocks.at(-1);
    if (!last || last.isFull) this.#blocks.push((last = new EntryBlock()));
    return last.add(entry);
  }

  remove(row: Row): void {
    const { block } = row;
    block.remove(row);
    const index = this.#blocks.indexOf(block);
    if (block.isEmpty) return void this.#blocks.splice(index, 1);
    this.#join(index);
    this.#join(index - 1);
  }

  *entries(): IterableIterator<RegistryEntry> {
    for (const block of this.#blocks) yield* block.entries();
  }

  /** Makes one block of this and the next, if they are small. */
  #join(index: number): void {
    const [block, next] = [this.#blocks[index], this.#blocks[index + 1]];
    if (block && next && block.absorb(next)) this.#blocks.splice(index + 1, 1);
  }
}
