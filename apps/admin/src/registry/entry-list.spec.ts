// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { admin } from '@givc/rpc';
import type { Row } from './entry-block.js';
import { EntryList } from './entry-list.js';
import { itemOf, type RegistryEntry } from './registry-entry.js';
import { unitEntry } from './registry.fixture.js';

const described = (entry: RegistryEntry, Description: string): RegistryEntry => ({
  ...entry,
  status: { ...entry.status, Description },
});
const numbered = (number: number) => unitEntry('net-vm', `u${number}.service`);
const decoded = (list: EntryList) => list.blocks.flatMap(({ items }) => admin.QueryListResponse.decode(items).List);

describe('the list of all entries', () => {
  it('keeps the order of registration and the latest entries, whatever is added, replaced and removed', () => {
    const steps = fc.array(
      fc.record({ what: fc.constantFrom('add', 'add', 'replace', 'remove'), at: fc.nat({ max: 1_000 }) }),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(steps, fc.nat({ max: 300 }), (changes, known) => {
        const list = new EntryList();
        const rows: Row[] = [];
        let count = 0;
        const add = () => rows.push(list.add(numbered(count++)));
        for (let n = 0; n < known; n++) add();
        for (const { what, at } of changes) {
          const row = rows[at % Math.max(rows.length, 1)];
          if (what === 'add') add();
          else if (row && what === 'replace') row.block.replace(row, described(row.entry, `version ${count++}`), true);
          else if (row) list.remove(rows.splice(at % rows.length, 1)[0]!);
          if (at % 50 === 0) expect(decoded(list)).toEqual(rows.map(({ entry }) => itemOf(entry)));
        }
        expect([...list.entries()]).toEqual(rows.map(({ entry }) => entry));
        expect(decoded(list)).toEqual(rows.map(({ entry }) => itemOf(entry)));
      }),
      { numRuns: 50 },
    );
  });

  it('encodes only those blocks again in which an item has changed', () => {
    const list = new EntryList();
    const rows = Array.from({ length: 1_000 }, (_, number) => list.add(numbered(number)));
    const before = list.blocks.map(({ items }) => items);
    const row = rows[500]!;
    row.block.replace(row, { ...row.entry, revision: 2 }, false);
    expect(list.blocks.every(({ items }, index) => items === before[index])).toBe(true);
    row.block.replace(row, described(row.entry, 'changed'), true);
    list.remove(rows[2]!);
    const changed = list.blocks.filter(({ items }, index) => items !== before[index]);
    expect(changed).toEqual([list.blocks[0], row.block]);
  });

  it('counts each change of an entry of a block, even when its item is equal', () => {
    const list = new EntryList();
    const row = list.add(numbered(0));
    const { revision } = row.block;
    row.block.replace(row, { ...row.entry, revision: 2 }, false);
    expect(row.block.revision).toBeGreaterThan(revision);
  });

  it('needs few blocks for few entries, even when many were removed', () => {
    const list = new EntryList();
    const rows = Array.from({ length: 6_400 }, (_, number) => list.add(numbered(number)));
    for (const row of rows) if (rows.indexOf(row) % 64 > 0) list.remove(row);
    expect(list.blocks.length).toBeLessThan(10);
  });
});
