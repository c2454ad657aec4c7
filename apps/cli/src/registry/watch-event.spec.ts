// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { admin } from '@givc/rpc';
import { changes, formatChange, jsonChange, type ItemChange } from './watch-event.js';
import { listedItem } from './listed-item.js';
import { chromium as item } from './registry-item.fixture.js';

const initial: admin.WatchItem = { Status: { $case: 'Initial', value: { List: [item] } } };
const change = ($case: ItemChange['kind']): admin.WatchItem => ({ Status: { $case, value: item } });

/** Yields the items, and then ends, or waits forever. */
async function* watchOf(items: admin.WatchItem[], end = true): AsyncGenerator<admin.WatchItem> {
  yield* items;
  if (!end) await new Promise(() => {});
}

async function kindsOf(watch: AsyncIterable<admin.WatchItem>, limit: number): Promise<string[]> {
  const kinds: string[] = [];
  for await (const { kind } of changes(watch, limit)) kinds.push(kind);
  return kinds;
}

describe('changes', () => {
  it('yields the list and then the requested number of changes in order', async () => {
    const watch = watchOf([initial, change('Added'), change('Updated'), change('Removed')], false);
    expect(await kindsOf(watch, 2)).toEqual(['initial', 'Added', 'Updated']);
  });

  it('ends after the list when no change is asked for', async () => {
    expect(await kindsOf(watchOf([initial], false), 0)).toEqual(['initial']);
  });

  it('skips unknown kinds and does not count them', async () => {
    const watch = watchOf([initial, { Status: undefined }, change('Removed')], false);
    expect(await kindsOf(watch, 1)).toEqual(['initial', 'Removed']);
  });

  it('fails when the admin ends the watch early', async () => {
    await expect(kindsOf(watchOf([initial, change('Added')]), 2)).rejects.toMatchObject({ reason: 'UNAVAILABLE' });
  });
});

describe('a change in JSON', () => {
  it.each([
    ['Added', 'UnitRegistered'],
    ['Updated', 'UnitStatusChanged'],
    ['Removed', 'UnitShutdown'],
  ] as const)('writes %s as %s', (kind, key) => {
    expect(jsonChange({ kind, item })).toEqual({ [key]: listedItem(item) });
  });
});

describe('the sentence for a change', () => {
  it('names the change, the unit and the VM', () => {
    expect(formatChange({ kind: 'Added', item })).toBe('chromium@0.service in chrome-vm: registered, Running');
    expect(formatChange({ kind: 'Removed', item: { ...item, VmName: undefined } })).toBe('chromium@0.service: gone');
  });
});
