// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { itemOf, keyOf } from './registry-entry.js';
import { unitEntry, watchItemOf } from './registry.fixture.js';
import type { RegistryChange } from './registry-store.js';
import { WatchQueue } from './watch-queue.js';

type Kind = RegistryChange['kind'];

function change(kind: Kind, version: string, unit = 'web.service'): RegistryChange {
  const bare = unitEntry('net-vm', unit);
  const entry = { ...bare, status: { ...bare.status, Description: version } };
  return { kind, key: keyOf(entry), item: itemOf(entry), entry };
}

/** Takes all changes out of the queue, as `Kind unit version`. */
function taken(queue: WatchQueue): string[] {
  const items: string[] = [];
  for (let next = queue.shift(); next; next = queue.shift()) {
    const { $case, value } = watchItemOf(next).Status!;
    items.push($case === 'Initial' ? $case : `${$case} ${value.Name} ${value.Description}`);
  }
  return items;
}

describe('the changes that wait for a watcher', () => {
  it.each<[Kind, Kind, string[]]>([
    ['Added', 'Updated', ['Added web.service new']],
    ['Added', 'Removed', []],
    ['Updated', 'Updated', ['Updated web.service new']],
    ['Updated', 'Removed', ['Removed web.service new']],
    ['Removed', 'Added', ['Updated web.service new']],
  ])('are merged for each entry: %s then %s', (earlier, later, expected) => {
    const queue = new WatchQueue();
    queue.push(change(earlier, 'old'));
    queue.push(change(later, 'new'));
    expect(queue.size).toBe(expected.length);
    expect(taken(queue)).toEqual(expected);
  });

  it('are one removal of an entry that was removed, added and removed again', () => {
    const queue = new WatchQueue();
    for (const [kind, version] of [
      ['Removed', '1'],
      ['Added', '2'],
      ['Removed', '2'],
    ] as const)
      queue.push(change(kind, version));
    expect(taken(queue)).toEqual(['Removed web.service 2']);
  });

  it('are taken in the order of the latest change of each entry', () => {
    const queue = new WatchQueue();
    queue.push(change('Added', '1', 'a.service'));
    queue.push(change('Updated', '2', 'b.service'));
    queue.push(change('Updated', '3', 'c.service'));
    queue.push(change('Updated', '4', 'a.service'));
    expect(queue.size).toBe(3);
    expect(taken(queue)).toEqual(['Updated b.service 2', 'Updated c.service 3', 'Added a.service 4']);
    expect(queue.size).toBe(0);
  });
});
