// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import type { UnitName } from '@givc/model';
import type { journal } from '@givc/rpc';
import { batches } from './batches.js';
import { Journal, maxMessageBytes } from './journal.js';
import type { JournalQuery } from './journal-query.js';

interface Line {
  readonly unit: UnitName;
  readonly priority: number;
  readonly realtimeUs: number;
  readonly message: Buffer;
}

const entryOf = ({ unit, priority, realtimeUs, message }: Line): journal.Entry => ({
  realtime_us: realtimeUs,
  fields: [
    { name: '_HOSTNAME', value: Buffer.from('net-vm'), cut_bytes: 0 },
    { name: '_PID', value: Buffer.from('12'), cut_bytes: 0 },
    { name: 'SYSLOG_IDENTIFIER', value: Buffer.from(unit.replace(/\..*/, '')), cut_bytes: 0 },
    { name: '_SYSTEMD_UNIT', value: Buffer.from(unit), cut_bytes: 0 },
    { name: 'PRIORITY', value: Buffer.from(String(priority)), cut_bytes: 0 },
    {
      name: 'MESSAGE',
      value: message.subarray(0, maxMessageBytes),
      cut_bytes: Math.max(message.length - maxMessageBytes, 0),
    },
  ],
});

const matches = ({ units, priority, sinceMs }: JournalQuery, line: Line): boolean =>
  units.includes(line.unit) && line.priority <= (priority ?? 7) && line.realtimeUs >= (sinceMs ?? 0) * 1_000;

/** A journal in memory. */
export class FakeJournal extends Journal {
  readonly #lines: Line[] = [];
  readonly #added = new Listeners<[Line]>();
  /** The readers that have not ended. */
  readers = 0;
  /** The number of entries that were read, by all readers. */
  taken = 0;
  #changed = new Listeners();

  write(unit: UnitName, message: Buffer | string, priority = 6, realtimeUs = Date.now() * 1_000): void {
    const line = { unit, priority, realtimeUs, message: Buffer.from(message) };
    this.#lines.push(line);
    this.#added.notify(line);
  }

  /** Resolves once this number of readers is left. */
  async untilReaders(count: number): Promise<void> {
    while (this.readers !== count)
      await new Promise<void>((resolve) => {
        const stop = this.#changed.add(() => {
          stop();
          resolve();
        });
      });
  }

  async *read(query: JournalQuery, signal: AbortSignal): AsyncGenerator<readonly journal.Entry[], void, undefined> {
    const waiting: Line[] =
      query.lines > 0 ? this.#lines.filter((line) => matches(query, line)).slice(-query.lines) : [];
    let wake: () => void = () => undefined;
    const stop = this.#added.add((line) => {
      if (query.follow && matches(query, line)) waiting.push(line);
      wake();
    });
    const end = () => wake();
    signal.addEventListener('abort', end);
    this.#count(1);
    try {
      while (!signal.aborted) {
        const [batch] = batches(waiting.map(entryOf));
        if (batch) {
          waiting.splice(0, batch.length);
          this.taken += batch.length;
          yield batch;
        } else if (!query.follow) return;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      stop();
      signal.removeEventListener('abort', end);
      this.#count(-1);
    }
  }

  #count(more: 1 | -1): void {
    this.readers += more;
    this.#changed.notify();
  }
}
