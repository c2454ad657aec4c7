// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName } from '@givc/model';
import type { journal } from '@givc/rpc';
import { maxMessageBytes, type Journal } from './journal.js';
import type { JournalQuery } from './journal-query.js';

/** A journal, and the units that write to it. */
export interface JournalUnderTest {
  readonly journal: Journal;
  /** A unit that has written nothing. */
  unit(): UnitName;
  /** Resolves once the journal has the message. */
  write(unit: UnitName, message: Buffer | string, priority?: number): Promise<void> | void;
  close(): Promise<void> | void;
}

const defaults = { lines: 100, follow: false, priority: undefined, sinceMs: undefined };

const valueOf = ({ fields }: journal.Entry, name: string): journal.Field | undefined =>
  fields.find((field) => field.name === name);
const textOf = (entry: journal.Entry, name = 'MESSAGE'): string | undefined => valueOf(entry, name)?.value.toString();

/** What every journal does; systemd's own passes it in the lab. */
export function describeJournal(name: string, open: () => Promise<JournalUnderTest>): void {
  describe(name, () => {
    let subject: JournalUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    /** The entries that were written to these units by the tests; systemd adds lines of its own. */
    const read = async (query: Partial<JournalQuery> & Pick<JournalQuery, 'units'>): Promise<journal.Entry[]> => {
      const found: journal.Entry[] = [];
      for await (const entries of subject.journal.read({ ...defaults, ...query }, new AbortController().signal))
        found.push(...entries);
      return found;
    };
    const texts = async (query: Parameters<typeof read>[0]) => (await read(query)).map((entry) => textOf(entry));

    it('reads the lines of the units, oldest first, and of no other unit', async () => {
      const [web, db, other] = [subject.unit(), subject.unit(), subject.unit()];
      await subject.write(web, 'one');
      await subject.write(other, 'hidden');
      await subject.write(db, 'two');
      await subject.write(web, 'three');
      const found = await texts({ units: [web, db] });
      expect(found.filter((text) => ['one', 'two', 'three', 'hidden'].includes(text!))).toEqual([
        'one',
        'two',
        'three',
      ]);
    });

    it('reads the newest lines when there are more', async () => {
      const unit = subject.unit();
      for (let n = 0; n < 5; n++) await subject.write(unit, `line ${n}`);
      const all = await texts({ units: [unit] });
      expect(await texts({ units: [unit], lines: 3 })).toEqual(all.slice(-3));
      expect(all).toEqual(expect.arrayContaining(['line 0', 'line 4']));
    });

    it('reads nothing of a unit that has written nothing', async () => {
      expect(await read({ units: [subject.unit()] })).toEqual([]);
    });

    it('reads the lines of a priority and of more important ones', async () => {
      const unit = subject.unit();
      for (const priority of [7, 4, 3]) await subject.write(unit, `priority ${priority}`, priority);
      expect(await texts({ units: [unit], priority: 4 })).toEqual(['priority 4', 'priority 3']);
    });

    it('reads the lines since a time, also when more lines are wanted than there are since then', async () => {
      const unit = subject.unit();
      await subject.write(unit, 'before');
      const before = (await read({ units: [unit] })).at(-1)!;
      const sinceMs = Math.floor(before.realtime_us / 1_000) + 1;
      await subject.write(unit, 'after');
      const found = await read({ units: [unit], sinceMs });
      expect(found.map((entry) => textOf(entry))).not.toContain('before');
      expect(found.every((entry) => entry.realtime_us >= sinceMs * 1_000)).toBe(true);
    });

    it('reads any bytes unchanged', async () => {
      const unit = subject.unit();
      const bytes = Buffer.from([0xff, 0x00, 0x0a, 0x1b, 0x5b, 0xc3, 0xa4, 0x0a, 0x0a, 0x3d, 0x80]);
      await subject.write(unit, bytes);
      const values = (await read({ units: [unit] })).map((entry) => valueOf(entry, 'MESSAGE')!.value);
      expect(values).toContainEqual(bytes);
    });

    it('cuts a message that is too long, and says how much is missing', async () => {
      const unit = subject.unit();
      await subject.write(unit, 'x'.repeat(maxMessageBytes + 100_000));
      const messages = (await read({ units: [unit] })).map((entry) => valueOf(entry, 'MESSAGE')!);
      const long = messages.find(({ cut_bytes: cut }) => cut > 0)!;
      expect({ length: long.value.length, cut: long.cut_bytes }).toEqual({ length: maxMessageBytes, cut: 100_000 });
    });

    it('names the unit, the host, the program and the priority of a line', async () => {
      const unit = subject.unit();
      await subject.write(unit, 'here', 5);
      const entry = (await read({ units: [unit] })).find((one) => textOf(one) === 'here')!;
      expect(textOf(entry, '_SYSTEMD_UNIT')).toBe(unit);
      expect(textOf(entry, 'PRIORITY')).toBe('5');
      expect(textOf(entry, '_HOSTNAME')).toBe('net-vm');
      expect(textOf(entry, '_PID')).toMatch(/^[0-9]+$/);
      expect(textOf(entry, 'SYSLOG_IDENTIFIER') ?? textOf(entry, '_COMM')).toMatch(/./);
      expect(entry.realtime_us).toBeGreaterThan(1_700_000_000_000_000);
    });

    it('follows a unit until the reader ends', async () => {
      const unit = subject.unit();
      for (const text of ['old', 'recent']) await subject.write(unit, text);
      const ending = new AbortController();
      const seen: string[] = [];
      for await (const entries of subject.journal.read(
        { ...defaults, units: [unit], lines: 100, follow: true },
        ending.signal,
      ))
        for (const entry of entries) {
          const text = textOf(entry)!;
          if (!['old', 'recent', 'new', 'newer'].includes(text)) continue;
          seen.push(text);
          if (text === 'recent') await subject.write(unit, 'new');
          if (text === 'new') await subject.write(unit, 'newer');
          if (text === 'newer') ending.abort();
        }
      expect(seen).toEqual(['old', 'recent', 'new', 'newer']);
    });

    it('ends while it waits for lines that do not come', async () => {
      const ending = new AbortController();
      const lines = subject.journal.read(
        { ...defaults, units: [subject.unit()], lines: 0, follow: true },
        ending.signal,
      );
      const next = lines[Symbol.asyncIterator]().next();
      ending.abort();
      expect(await next).toEqual({ done: true, value: undefined });
    });
  });
}
