// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { VmName } from '@givc/model';
import type { EntryBlock } from '../registry/entry-block.js';
import { formatEntries, frameOf } from './registry-snapshot.js';

/** The text of the registry's snapshot, of which only blocks that have changed are formatted again. */
export class SnapshotPieces {
  readonly #formatted = new WeakMap<EntryBlock, { readonly revision: number; readonly text: string }>();

  /** The pieces of the text in their order. */
  of(hostName: VmName | undefined, blocks: readonly EntryBlock[]): readonly string[] {
    const { head, tail } = frameOf(hostName);
    return [head, ...blocks.flatMap((block, index) => (index > 0 ? [',', this.#of(block)] : [this.#of(block)])), tail];
  }

  #of(block: EntryBlock): string {
    const { revision } = block;
    const known = this.#formatted.get(block);
    if (known?.revision === revision) return known.text;
    const text = formatEntries(block.entries());
    this.#formatted.set(block, { revision, text });
    return text;
  }
}
