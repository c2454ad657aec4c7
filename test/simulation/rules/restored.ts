// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { keyOf, type RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import type { World } from '../world.js';
import type { Rule } from './rule.js';

/** The maximum delay of a write, and the time before a requested stop within which changes may be lost. */
const [writtenMs, lastMs] = [2_500, 200];

/** After a restart the admin knows at once the entries that have been in its registry for a while. */
export class RestoredRule implements Rule {
  /** By key: the entry's status, and since when the registry has it, in milliseconds of the admin's running time. */
  readonly #known = new Map<string, { readonly since: number; readonly status: string }>();
  #isReliable = true;
  #keptUntil = -Infinity;

  constructor(private readonly world: World) {}

  /** Writes are lost from now on. */
  diskFull(): void {
    this.#isReliable = false;
  }

  put(entry: RegistryEntry): void {
    const key = keyOf(entry);
    const status = entry.status.ActiveState;
    if (this.#known.get(key)?.status !== status) this.#known.set(key, { since: this.#ranMs, status });
  }

  removed(entry: RegistryEntry): void {
    this.#known.delete(keyOf(entry));
  }

  adminEnded(hasStopped: boolean): void {
    this.#keptUntil = this.#ranMs - (hasStopped ? lastMs : writtenMs);
  }

  adminStarted(store: RegistryStore): void {
    const restored = new Map([...store.entries()].map((entry) => [keyOf(entry) as string, entry.status.ActiveState]));
    if (this.#isReliable)
      for (const [key, { since, status }] of this.#known)
        if (since < this.#keptUntil && restored.get(key) !== status)
          this.world.violate(
            'the registry outlives the admin',
            `${key} was ${status} since ${since.toFixed(0)} ms, and is ${restored.get(key)} after the restart`,
          );
    this.#known.clear();
    this.#isReliable = !this.world.admin.directory.isFull;
    for (const entry of store.entries()) this.put(entry);
  }

  /** The time that this admin has run, and could write. */
  get #ranMs(): number {
    return this.world.admin.program?.process.ranMs ?? 0;
  }
}
