// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import type { admin } from '@givc/rpc';
import { WatchedRegistry } from './watched-registry.js';

const retryMs = 200;

export interface MirrorEvents {
  /** The admin has sent an invalid item. */
  onProblem(problem: string): void;
  /** The next item, after it was applied. */
  onItem?(item: admin.WatchItem): void;
  /** Resolves when the next item may be read; without it, items are read at once. */
  ready?(): Promise<void>;
}

/** A copy of the registry from a `Watch` that is opened again whenever it ends. */
export class RegistryMirror {
  #registry = new WatchedRegistry();
  readonly #waiting = new Set<() => void>();
  readonly #leaving = new AbortController();

  constructor(
    private readonly client: AdminClient,
    private readonly events: MirrorEvents,
  ) {
    void this.#follow();
  }

  get rows(): string[] {
    return this.#registry.rows;
  }

  /** The running applications of a machine, according to the items received so far. */
  applications(vm: string): string[] {
    return this.#registry.items
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
      const timer = setTimeout(wake, ms);
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
        let registry: WatchedRegistry | undefined;
        for await (const item of this.client.watchOnce({}, { signal })) {
          // The earlier rows stay until the first item of the new Watch.
          registry ??= this.#registry = new WatchedRegistry();
          this.#take(registry, item);
          await this.events.ready?.();
        }
      } catch {
        // The admin has ended or cannot be reached.
      }
      await this.#pause(signal);
    }
  }

  #take(registry: WatchedRegistry, item: admin.WatchItem): void {
    const problem = registry.take(item);
    if (problem !== undefined) this.events.onProblem(problem);
    this.events.onItem?.(item);
    for (const wake of [...this.#waiting]) wake();
  }

  #pause(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end);
        resolve();
      };
      const timer = setTimeout(end, retryMs);
      if (signal.aborted) end();
      else signal.addEventListener('abort', end);
    });
  }
}
