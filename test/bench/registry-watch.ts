// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type AdminClient } from '@givc/client';
import { type admin } from '@givc/rpc';
import { Observed } from '../support/observed.js';
import { now } from './clock.js';

/** A change that the watch received, and when it arrived, in milliseconds of `now`. */
export interface Change {
  readonly kind: 'Added' | 'Updated' | 'Removed';
  readonly item: admin.QueryListItem;
  readonly at: number;
}

const key = ({ VmName, Name }: admin.QueryListItem): string => `${VmName} ${Name}`;

/** A running `Watch` in this process: the current registry, and all of its changes since. */
export class RegistryWatch {
  readonly changes: Change[] = [];
  readonly #items = new Map<string, admin.QueryListItem>();
  readonly #observed = new Observed(() => `the registry has\n${this.rows.join('\n')}`);
  readonly #leaving = new AbortController();

  private constructor(private readonly client: AdminClient) {}

  /** Resolves when the initial list has arrived. */
  static async open(client: AdminClient): Promise<RegistryWatch> {
    const watch = new RegistryWatch(client);
    void watch.#read();
    await watch.until('the initial list', () => watch.#items.size > 0);
    return watch;
  }

  /** `MACHINE UNIT STATUS` of all entries, sorted. */
  get rows(): string[] {
    return [...this.#items.values()].map((item) => `${key(item)} ${item.VmStatus}`).sort();
  }

  /** The status of a unit, or undefined where it is not registered. */
  status(vm: string, unit: string): string | undefined {
    return this.#items.get(`${vm} ${unit}`)?.VmStatus;
  }

  /** Resolves with the first truthy result, now or after a change; rejects after 120 s. */
  until<T>(what: string, answer: () => T | undefined | false): Promise<T> {
    return this.#observed.until(what, answer);
  }

  /** Resolves with the first change after the first `since` changes for which `matches` is true. */
  change(what: string, since: number, matches: (change: Change) => boolean): Promise<Change> {
    return this.until(what, () => this.changes.slice(since).find(matches));
  }

  /** Like `change`, for a unit that gets this status. */
  becomes(vm: string, unit: string, status: string, since: number): Promise<Change> {
    return this.change(
      `${unit} in ${vm} becomes ${status}`,
      since,
      ({ kind, item }) => kind !== 'Removed' && key(item) === `${vm} ${unit}` && item.VmStatus === status,
    );
  }

  /** Like `change`, for a unit that leaves the registry. */
  removed(vm: string, unit: string, since: number): Promise<Change> {
    return this.change(
      `${unit} in ${vm} is removed`,
      since,
      ({ kind, item }) => kind === 'Removed' && key(item) === `${vm} ${unit}`,
    );
  }

  close(): void {
    this.#leaving.abort();
  }

  async #read(): Promise<void> {
    try {
      for await (const { Status } of this.client.watchOnce({}, { signal: this.#leaving.signal })) this.#take(Status);
      this.#observed.end(new Error('the admin ended the watch'));
    } catch (error) {
      this.#observed.end(error as Error);
    }
  }

  #take(status: admin.WatchItem['Status']): void {
    if (!status) return;
    if (status.$case === 'Initial') {
      for (const item of status.value.List) this.#items.set(key(item), item);
    } else {
      this.changes.push({ kind: status.$case, item: status.value, at: now() });
      if (status.$case === 'Removed') this.#items.delete(key(status.value));
      else this.#items.set(key(status.value), status.value);
    }
    this.#observed.changed();
  }
}
