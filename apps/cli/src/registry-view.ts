import type { admin } from '@givc/rpc';

/** Names are unique inside one machine only, and each machine has one agent. */
const keyOf = ({ Name, VmName, AgentName }: admin.QueryListItem): string => `${AgentName ?? VmName ?? ''}/${Name}`;

/** The list of a watch, kept current by what it tells. */
export class RegistryView {
  readonly #items = new Map<string, admin.QueryListItem>();

  apply(status: NonNullable<admin.WatchItem['Status']>): void {
    switch (status.$case) {
      case 'Initial':
        this.#items.clear();
        for (const item of status.value.List) this.#items.set(keyOf(item), item);
        return;
      case 'Added':
      case 'Updated':
        this.#items.set(keyOf(status.value), status.value);
        return;
      case 'Removed':
        this.#items.delete(keyOf(status.value));
    }
  }

  /** As they are now; later changes make a new list. */
  get items(): readonly admin.QueryListItem[] {
    return [...this.#items.values()];
  }
}
