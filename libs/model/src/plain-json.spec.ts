// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plainJson } from './plain-json.js';

describe('plain JSON', () => {
  it('escapes control characters, and those that reorder or break a line', () => {
    expect(plainJson('a\u001b[2J\u009b2J\u007f\r\n"\\')).toBe('"a\\u001b[2J\\u009b2J\\u007f\\r\\n\\"\\\\"');
    expect(plainJson('a\u202eb\u2066c\u200fd\u2028e\u2029f\u0085')).toBe(
      '"a\\u202eb\\u2066c\\u200fd\\u2028e\\u2029f\\u0085"',
    );
  });

  it('does not change letters of any language', () => {
    expect(plainJson(['äöü', '日本', '👩‍🚀'])).toBe('["äöü","日本","👩‍🚀"]');
  });

  it('escapes keys as well as values, and can be parsed again', () => {
    const value = { 'k\u009b': ['\u001b', 1, true, null, '\u2028'] };
    expect(plainJson(value)).toBe('{"k\\u009b":["\\u001b",1,true,null,"\\u2028"]}');
    expect(JSON.parse(plainJson(value))).toEqual(value);
  });
});
