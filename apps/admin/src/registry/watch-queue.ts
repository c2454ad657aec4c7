// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Encoded } from '@givc/rpc';
import type { RegistryChange } from './registry-store.js';
import type { RegistryKey } from './registry-entry.js';
import { encodedChange } from './encoded-items.js';

type Pending = Pick<RegistryChange, 'kind' | 'item'>;

/** Merges two changes of one entry; undefined when they cancel each other. */
function combine(earlier: Pending, later: Pending): Pending | undefined {
  if (earlier.kind === 'Added') return later.kind === 'Removed' ? undefined : { kind: 'Added', item: later.item };
  // A removed entry can only be added again.
  if (earlier.kind === 'Removed') return { kind: 'Updated', item: later.item };
  return later;
}

/**
 * The changes that a slow watcher has not read yet, at most one for each registry entry. A watcher that never reads
 * costs no more memory than the registry itself, and still gets the latest state of every entry.
 */
export class WatchQueue {
  readonly #pending = new Map<RegistryKey, Pending>();

  get size(): number {
    return this.#pending.size;
  }

  push({ key, kind, item }: RegistryChange): void {
    const earlier = this.#pending.get(key);
    const combined = earlier ? combine(earlier, { kind, item }) : { kind, item };
    this.#pending.delete(key);
    if (combined) this.#pending.set(key, combined);
  }

  /** Takes the oldest change out of the queue. */
  shift(): Encoded | undefined {
    for (const [key, { kind, item }] of this.#pending) {
      this.#pending.delete(key);
      return encodedChange(kind, item);
    }
    return undefined;
  }
}
