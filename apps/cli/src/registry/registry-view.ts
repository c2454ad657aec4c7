// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { WatchEvent } from '@givc/client';
import type { admin } from '@givc/rpc';

/** Names are unique within one machine, and each machine has one agent. */
const keyOf = ({ Name, VmName, AgentName }: admin.QueryListItem): string => `${AgentName ?? VmName ?? ''}/${Name}`;

/** The list of a watch, which its events keep current. */
export class RegistryView {
  readonly #items = new Map<string, admin.QueryListItem>();

  apply(event: Exclude<WatchEvent, { readonly type: 'disconnected' }>): void {
    switch (event.type) {
      case 'list':
        this.#items.clear();
        for (const item of event.items) this.#items.set(keyOf(item), item);
        return;
      case 'added':
      case 'updated':
        this.#items.set(keyOf(event.item), event.item);
        return;
      case 'removed':
        this.#items.delete(keyOf(event.item));
    }
  }

  /** The current items; later changes make a new list. */
  get items(): readonly admin.QueryListItem[] {
    return [...this.#items.values()];
  }
}
