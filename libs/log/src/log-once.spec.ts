// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { LogOnce } from './log-once.js';

describe('a message that is logged once', () => {
  it('is logged when it begins and each time its text changes', () => {
    const once = new LogOnce();
    expect(['a', 'a', 'b', 'b', 'a'].map((text) => once.isNew('storage', text))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  it('is logged again when it comes back after its end', () => {
    const once = new LogOnce();
    expect(once.end('storage')).toBe(false);
    once.isNew('storage', 'full');
    expect(once.end('storage')).toBe(true);
    expect(once.isNew('storage', 'full')).toBe(true);
  });

  it('is logged for each subject separately, even without a text', () => {
    const once = new LogOnce();
    expect(['one', 'other', 'one'].map((subject) => once.isNew(subject))).toEqual([true, true, false]);
  });

  it('is not logged for more subjects than the limit, until one of them has ended', () => {
    const once = new LogOnce(2);
    expect(['a', 'b', 'c'].map((subject) => once.isNew(subject, 'x'))).toEqual([true, true, false]);
    expect(once.isNew('b', 'y')).toBe(true);
    once.end('a');
    expect(once.isNew('c', 'x')).toBe(true);
  });
});
