// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type AdminClient } from '@givc/client';
import { type admin } from '@givc/rpc';
import { waitLimitMs } from '../lab/limits.js';
import { now } from './clock.js';

/** A change that the watch received, and when it arrived in milliseconds of `now`. */
export interface Change {
  readonly kind: 'Added' | 'Updated' | 'Removed';
  readonly item: admin.QueryListItem;
  readonly at: number;
}

const key = ({ VmName, Name }: admin.QueryListItem): string => `${VmName} ${Name}`;

/** A running `Watch` in this process: the registry as it is now, and all that has happened to it since. */
export class RegistryWatch {
  readonly changes: Change[] = [];
  readonly #items = new Map<string, admin.QueryListItem>();
  readonly #waiting = new Set<() => void>();
  readonly #leaving = new AbortController();
  #ended: Error | undefined;

  private constructor(private readonly client: AdminClient) {}

  /** Resolves when the initial list is there. */
  static async open(client: AdminClient): Promise<RegistryWatch> {
    const watch = new RegistryWatch(client);
    void watch.#read();
    await watch.until('the initial list', () => watch.#items.size > 0);
    return watch;
  }

  /** `MACHINE UNIT STATUS` of everything, sorted. */
  get rows(): string[] {
    return [...this.#items.values()].map((item) => `${key(item)} ${item.VmStatus}`).sort();
  }

  /** The status of a unit, or undefined where it is not registered. */
  status(vm: string, unit: string): string | undefined {
    return this.#items.get(`${vm} ${unit}`)?.VmStatus;
  }

  /** Resolves with the first truthy answer, asked now and after each change; rejects after 120 s. */
  async until<T>(what: string, answer: () => T | undefined | false): Promise<T> {
    const deadline = AbortSignal.timeout(waitLimitMs);
    for (;;) {
      const found = answer();
      if (found) return found;
      if (this.#ended) throw this.#ended;
      if (deadline.aborted)
        throw new Error(`${what}: not in ${waitLimitMs} ms; the registry has\n${this.rows.join('\n')}`);
      await this.#next(deadline);
    }
  }

  /** Resolves with the first change after the first `since` ones of which `matches` is true. */
  change(what: string, since: number, matches: (change: Change) => boolean): Promise<Change> {
    return this.until(what, () => this.changes.slice(since).find(matches));
  }

  /** As `change`, for a unit that gets this status. */
  becomes(vm: string, unit: string, status: string, since: number): Promise<Change> {
    return this.change(
      `${unit} in ${vm} becomes ${status}`,
      since,
      ({ kind, item }) => kind !== 'Removed' && key(item) === `${vm} ${unit}` && item.VmStatus === status,
    );
  }

  /** As `change`, for a unit that leaves the registry. */
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
      this.#ended = new Error('the admin ended the watch');
    } catch (error) {
      this.#ended = error as Error;
    }
    this.#wake();
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
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#waiting) wake();
  }

  #next(deadline: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        deadline.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      deadline.addEventListener('abort', wake);
    });
  }
}
