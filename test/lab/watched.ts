// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Observed } from '../support/observed.js';
import { killAll } from './running-program.js';

/** One row as `givc-cli query --as-json` prints it. */
export interface Row {
  readonly name: string;
  readonly description: string;
  readonly status: string;
  readonly trust_level: string;
  readonly vm_type: string;
  readonly service_type: string;
  readonly vm_name: string | null;
  readonly agent_name: string | null;
}

/** One line of `givc-cli watch --as-json`, and when it was read (`performance.now()`). */
export interface WatchEvent {
  readonly kind: 'UnitRegistered' | 'UnitStatusChanged' | 'UnitShutdown';
  readonly row: Row;
  readonly at: number;
}

const key = (row: Row): string => JSON.stringify([row.vm_name, row.name]);

/** A running `givc-cli watch`: the current registry, and its events since. */
export class Watched {
  readonly #rows = new Map<string, Row>();
  readonly events: WatchEvent[] = [];
  readonly #observed = new Observed(() => `the registry has\n${this.#table()}`);
  #errors = '';

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) => this.#read(line));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.#errors += text));
    child.once('close', (status) => {
      this.#observed.end(new Error(`givc-cli watch ended with status ${status}: ${this.#errors}`));
    });
  }

  /** Starts it; `command` is the command line of `givc-cli watch --as-json --initial`. */
  static start(command: readonly string[], environment: Readonly<Record<string, string>>): Watched {
    return new Watched(
      spawn(command[0]!, command.slice(1), {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...environment },
      }),
    );
  }

  get rows(): readonly Row[] {
    return [...this.#rows.values()];
  }

  /** The row of a unit by name, in the given VM when the name is ambiguous. */
  row(name: string, vm?: string): Row | undefined {
    return this.rows.find((row) => row.name === name && (vm === undefined || row.vm_name === vm));
  }

  /** Resolves with the first truthy result, now or after an event; rejects after `limit` milliseconds. */
  until<T>(what: string, answer: () => T | undefined | false, limit?: number): Promise<T> {
    return this.#observed.until(what, answer, limit);
  }

  /** Resolves with the first matching event after the first `since` ones. */
  event(what: string, since: number, matches: (event: WatchEvent) => boolean, limit?: number): Promise<WatchEvent> {
    return this.until(what, () => this.events.slice(since).find(matches), limit);
  }

  async stop(): Promise<void> {
    if (this.#observed.hasEnded) return;
    const closed = once(this.child, 'close');
    killAll(this.child);
    await closed;
  }

  #read(line: string): void {
    const value = JSON.parse(line) as Row[] | Partial<Record<WatchEvent['kind'], Row>>;
    if (Array.isArray(value)) for (const row of value) this.#rows.set(key(row), row);
    else
      for (const [kind, row] of Object.entries(value) as [WatchEvent['kind'], Row][]) {
        this.events.push({ kind, row, at: performance.now() });
        if (kind === 'UnitShutdown') this.#rows.delete(key(row));
        else this.#rows.set(key(row), row);
      }
    this.#observed.changed();
  }

  #table(): string {
    return this.rows.map((row) => `  ${row.vm_name}  ${row.name}  ${row.status}`).join('\n') || '  nothing';
  }
}
