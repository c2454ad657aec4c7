import type { AdminClient } from '@givc/client';
import type { admin } from '@givc/rpc';
import { WatchedRegistry } from './watched-registry.js';

const retryMs = 200;

export interface MirrorEvents {
  /** The admin has sent what it may not. */
  onProblem(problem: string): void;
  /** What came next, after it was taken. */
  onItem?(item: admin.WatchItem): void;
  /** Resolves when the next item may be read; readers that do not wait read at once. */
  ready?(): Promise<void>;
}

/** The registry as a `Watch` tells it, which is opened again whenever it ends, because the admin does. */
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

  /** The applications that run in a machine, as far as the admin has told. */
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
          // What was told before stays until the admin tells anew.
          registry ??= this.#registry = new WatchedRegistry();
          this.#take(registry, item);
          await this.events.ready?.();
        }
      } catch {
        // The admin is gone or out of reach.
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
