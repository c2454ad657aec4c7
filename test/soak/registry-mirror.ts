import { setTimeout } from 'node:timers/promises';
import { type AdminClient } from '@givc/client';
import { type admin } from '@givc/rpc';

const retryMs = 200;

const key = ({ VmName, Name }: admin.QueryListItem): string => `${VmName} ${Name}`;

/** `MACHINE UNIT STATUS` of each, sorted. */
export const rowsOf = (items: Iterable<admin.QueryListItem>): string[] =>
  [...items].map((item) => `${key(item)} ${item.VmStatus}`).sort();

/** The registry as a `Watch` tells it, which is opened again whenever it ends, because the admin does. */
export class RegistryMirror {
  readonly #items = new Map<string, admin.QueryListItem>();
  readonly #waiting = new Set<() => void>();
  readonly #leaving = new AbortController();

  constructor(private readonly client: AdminClient) {
    void this.#follow();
  }

  get rows(): string[] {
    return rowsOf(this.#items.values());
  }

  /** The applications that run in a machine, as far as the admin has told. */
  applications(vm: string): string[] {
    return [...this.#items.values()]
      .filter((item) => item.VmName === vm && item.ServiceType === 'App')
      .map(({ Name }) => Name);
  }

  /** Resolves with the next change, or after that many milliseconds. */
  changed(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        clearTimeout(timer);
        resolve();
      };
      const timer = globalThis.setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }

  close(): void {
    this.#leaving.abort();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      try {
        for await (const { Status } of this.client.watch({}, { signal })) this.#take(Status);
      } catch {
        // The admin is gone or out of reach; what it last told stays until it tells anew.
      }
      await setTimeout(retryMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #take(status: admin.WatchItem['Status']): void {
    if (!status) return;
    if (status.$case === 'Initial') {
      this.#items.clear();
      for (const item of status.value.List) this.#items.set(key(item), item);
    } else if (status.$case === 'Removed') this.#items.delete(key(status.value));
    else this.#items.set(key(status.value), status.value);
    for (const wake of [...this.#waiting]) wake();
  }
}
