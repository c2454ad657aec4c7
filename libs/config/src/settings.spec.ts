// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { fileSettings, formatSettings } from './settings.js';

describe('the settings in force', () => {
  const text = '{\n"a": {"b": 1, "c": null},\n"peer": {"addr": "x", "port": "1"},\n"list": [{"d": 1},\n{"d": 2}]\n}';
  const value = { a: { b: 1, c: true, e: [] }, peer: { address: 'x:1' }, list: [{ d: 1 }, { d: 2 }], off: { f: 'g' } };

  it('of a file have the lines of their values, and the defaults of what the file does not set', () => {
    expect(formatSettings('text', fileSettings('agent.json', text, value, []), []).split('\n')).toEqual([
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
    const warnings = [
      'list[1].d: invalid; this entry is left out',
      'peer.addr: invalid; the peer is left out',
      'a.b: no',
    ];
    const keys = fileSettings('agent.json', text, value, warnings).map(({ key }) => key);
    expect(keys).toEqual(['a.b', 'a.c', 'a.e', 'list[0]', 'off.f']);
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
