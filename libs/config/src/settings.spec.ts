// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { parseConfig } from './json-config.js';
import { fileSettings, formatSettings } from './settings.js';

describe('the settings in force', () => {
  const text = '{\n"a": {"b": 1, "c": null},\n"peer": {"addr": "x", "port": "1"},\n"list": [{"d": 1},\n{"d": 2}]\n}';
  const value = { a: { b: 1, c: true, e: [] }, peer: { address: 'x:1' }, list: [{ d: 1 }, { d: 2 }], off: { f: 'g' } };
  const given = JSON.parse(text) as { readonly list: readonly unknown[] };
  const parsed = { value, given, warnings: [], mistakes: [] };

  it('of a file have the lines of their values, and the defaults of what the file does not set', () => {
    expect(formatSettings('text', fileSettings('agent.json', text, parsed), []).split('\n')).toEqual([
      'a.b = 1  # from agent.json:2',
      'a.c = true  # default',
      'a.e = []  # default',
      'peer = {"addr":"x","port":"1"}  # from agent.json:3',
      'list[0] = {"d":1}  # from agent.json:4',
      'list[1] = {"d":2}  # from agent.json:5',
      'off.f = "g"  # default',
      '',
    ]);
  });

  it('of a file have nothing that is left out because of a mistake', () => {
    const rest = { ...given, list: [given.list[0], undefined] };
    const keys = fileSettings('agent.json', text, { ...parsed, given: rest }).map(({ key }) => key);
    expect(keys).toEqual(['a.b', 'a.c', 'a.e', 'peer', 'list[0]', 'off.f']);
  });

  it('of a file with an unknown key are named one by one, without it', () => {
    const schema = z.strictObject({ a: z.strictObject({ b: z.number() }) });
    const unknown = '{"a": {"b": 1, "x": 2}, "y": {}}';
    expect(fileSettings('agent.json', unknown, parseConfig(schema, JSON.parse(unknown)))).toEqual([
      { key: 'a.b', value: 1, source: 'agent.json:1' },
    ]);
  });

  it.each([
    ['https://user:secret@example.org/a', 'https://***@example.org/a'],
    ['https://example.org/a?token=secret&b=1', 'https://example.org/a?***'],
    ['ssh://git@example.org/policies.git', 'ssh://***@example.org/policies.git'],
    ['https://example.org/a@b', 'https://example.org/a@b'],
  ])('have no secrets of URLs: %s', (url, shown) => {
    const line = formatSettings('text', [{ key: 'url', value: [url, 'x'], source: 'variable A' }], []);
    expect(line).toBe(`url = ["${shown}","x"]  # from variable A\n`);
    expect(formatSettings('text', [], [`invalid URL "${url}"`])).toBe(`# warning: invalid URL "${shown}"\n`);
  });
});
