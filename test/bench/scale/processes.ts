// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export type AgentsCommand =
  { readonly kind: 'report' } | { readonly kind: 'change'; readonly count: number; readonly perSecond: number };
interface Moment<Kind extends string> {
  readonly kind: Kind;
  /** A time in milliseconds of CLOCK_MONOTONIC. */
  readonly at: number;
}

export type AgentsEvent = Moment<'ready'> | Moment<'all-accepted'> | Moment<'changed'>;

export type WatchersCommand = { readonly kind: 'watch'; readonly count: number } | { readonly kind: 'close' };
export type WatchersEvent =
  | Moment<'ready'>
  | Moment<'listed'>
  /** All watches have received one change, the last of them after this time. */
  | (Moment<'delivered'> & { readonly ms: number })
  | (Moment<'ended'> & { readonly reason: string });

const limitMs = 120_000;

/** A process of the load, with a queue of the events that it has sent. */
export class LoadProcess<Command extends object, Event extends { readonly kind: string }> {
  readonly #child: ChildProcess;
  readonly #events: Event[] = [];
  #changed: () => void = () => undefined;

  constructor(
    private readonly program: string,
    ...args: readonly string[]
  ) {
    const file = fileURLToPath(new URL(`${program}.ts`, import.meta.url));
    this.#child = fork(file, args, { execArgv: ['--import', 'tsx'] });
    this.#child.on('message', (event: Event) => {
      this.#events.push(event);
      this.#changed();
    });
    this.#child.on('exit', () => this.#changed());
  }

  get pid(): number {
    return this.#child.pid!;
  }

  send(command: Command): void {
    this.#child.send(command);
  }

  /** Removes the first event of this kind and resolves with it, now or once it has arrived. */
  async next<Kind extends Event['kind']>(kind: Kind): Promise<Extract<Event, { readonly kind: Kind }>> {
    const end = setTimeout(() => this.#child.kill('SIGKILL'), limitMs);
    try {
      for (;;) {
        const ended = this.#events.find((event) => event.kind === 'ended');
        if (ended) throw new Error(`${this.program}: ${JSON.stringify(ended)}`);
        const index = this.#events.findIndex((event) => event.kind === kind);
        if (index >= 0) return this.#events.splice(index, 1)[0] as Extract<Event, { readonly kind: Kind }>;
        if (this.#child.exitCode !== null || this.#child.signalCode !== null)
          throw new Error(`${this.program} has ended while "${kind}" was awaited`);
        await new Promise<void>((resolve) => (this.#changed = resolve));
      }
    } finally {
      clearTimeout(end);
    }
  }

  /** The process ends when its channel is closed. */
  end(): void {
    if (this.#child.connected) this.#child.disconnect();
  }
}
