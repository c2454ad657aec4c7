// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plain, plainLines } from './plain-text.js';

describe('text for one line of a terminal', () => {
  it('makes one line of text, without control characters', () => {
    expect(plain('a\u009bb\r\nc')).toBe('a b c');
  });
});

describe('text for several lines of a terminal', () => {
  it('keeps lines and tabs, without other control characters', () => {
    expect(plainLines('10%\r20%\r\n\tdone\n')).toBe('10%\n20%\n\tdone\n');
    expect(plainLines('\u001b[2J\u0007a\u202eb\u2028c\u0085')).toBe(' [2J a b c ');
  });
});
