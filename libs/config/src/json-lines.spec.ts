// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import type { Path } from './json-config.js';
import { jsonLines } from './json-lines.js';

describe('the lines of a JSON text', () => {
  it('are those on which its values begin', () => {
    const lineOf = jsonLines('{\n  "a": {"b":\n 1, "c": [true,\n\n {"d": "}\\"]\\n,"}]},\n"e": null}');
    const lines = [[], ['a'], ['a', 'b'], ['a', 'c'], ['a', 'c', 0], ['a', 'c', 1], ['a', 'c', 1, 'd'], ['e']].map(
      lineOf,
    );
    expect(lines).toEqual([1, 2, 3, 3, 3, 5, 5, 6]);
    expect(lineOf(['f'])).toBeUndefined();
  });

  it('are known for every value of any JSON', () => {
    const pathsOf = (value: unknown, path: Path = []): Path[] => [
      path,
      ...(typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([key, one]) => pathsOf(one, [...path, Array.isArray(value) ? +key : key]))
        : []),
    ];
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const lineOf = jsonLines(JSON.stringify(value, null, 1));
        expect(pathsOf(JSON.parse(JSON.stringify(value))).filter((path) => lineOf(path) === undefined)).toEqual([]);
      }),
    );
  });
});
