// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { admin } from '@givc/rpc';
import { encodedChange, encodedList } from './encoded-items.js';
import { itemBytes, itemOf } from './registry-entry.js';
import { unitEntry, watchItemOf } from './registry.fixture.js';

describe('the encoded items of the registry', () => {
  const entry = unitEntry('net-vm', 'web.service');
  const described = (description: string) =>
    itemOf({ ...entry, status: { ...entry.status, Description: description } });
  const blockOf = (...List: admin.QueryListItem[]) => admin.QueryListResponse.encode({ List }).finish();

  it.each(['Added', 'Updated', 'Removed'] as const)('are the message %s of a watch, encoded once', ($case) => {
    for (const length of [...Array(200).keys(), 20_000]) {
      const item = described('d'.repeat(length));
      const message = encodedChange($case, item);
      expect(watchItemOf(message)).toEqual({ Status: { $case, value: item } });
      expect(encodedChange($case, item)).toBe(message);
    }
  });

  it.each([0, 1, 2, 3_000])('are a list of two blocks with %d characters each', (length) => {
    const [one, another] = [described('1'.repeat(length)), described('2'.repeat(length))];
    const value = { List: [one, one, another] };
    const { response, initial } = encodedList([blockOf(one, one), blockOf(another)]);
    expect(admin.QueryListResponse.decode(response.frame.subarray(5))).toEqual(value);
    expect(watchItemOf(initial)).toEqual({ Status: { $case: 'Initial', value } });
    expect([response, initial].map(({ frame }) => frame.readUInt32BE(1) + 5)).toEqual([
      response.length,
      initial.length,
    ]);
  });

  it('are an empty list without blocks', () => {
    const { response, initial } = encodedList([]);
    expect(response.frame).toEqual(Buffer.alloc(5));
    expect(watchItemOf(initial)).toEqual({ Status: { $case: 'Initial', value: { List: [] } } });
  });

  it('share the bytes of a long list among all its messages', () => {
    const blocks = [blockOf(described('1'.repeat(20_000))), blockOf(described('2'.repeat(20_000)))];
    const { response, initial } = encodedList(blocks);
    for (const { pieces } of [response, initial]) for (const block of blocks) expect(pieces).toContain(block);
  });

  it.each(['a', 'é', '€', '😀'])('have at most the counted size with a description of 512 %s', (character) => {
    const item = described(character.repeat(512));
    expect(blockOf(item).length).toBeLessThanOrEqual(itemBytes(item));
  });
});
