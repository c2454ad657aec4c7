// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { invalid } from '@givc/model';
import { fileSettings } from './settings.js';
import { StartFile } from './start-file.js';

describe('a file that is read at the start only', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = join(folder, 'agent.json');
  const inUse = { identity: { name: 'a' }, capabilities: { services: ['a.service'], exec: { enable: true } } };
  let lines: string[];
  let mistake: Error | undefined;
  let file: StartFile;

  const write = (value: unknown) => writeFileSync(path, JSON.stringify(value));

  beforeEach(() => {
    write(inUse);
    lines = [];
    mistake = undefined;
    const read = (text: string) => {
      if (mistake) throw mistake;
      const value = JSON.parse(text) as unknown;
      return { value, settings: fileSettings(path, text, { value, given: value, warnings: [] }) };
    };
    file = new StartFile(path, read, new Log('info', (line) => lines.push(line.trimEnd()), false));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('needs no restart while it has the same content', () => {
    writeFileSync(path, JSON.stringify(inUse, null, 4));
    expect(file.reload()).toEqual({ needsRestart: [] });
    expect(file.problem).toBeUndefined();
  });

  it('names the keys that need a restart, until they are as before', () => {
    write({ ...inUse, capabilities: { services: [], exec: { enable: true }, wifi: { enable: true } }, log: 'debug' });
    const keys = ['capabilities.services', 'capabilities.wifi.enable', 'log'];
    expect(file.reload()).toEqual({ needsRestart: keys });
    expect(file.problem).toBe(`needs a restart: ${keys.join(', ')} of ${path}`);
    write(inUse);
    file.reload();
    expect(file.problem).toBeUndefined();
  });

  it('takes its content from elsewhere, when it is a copy of that', () => {
    const source = join(folder, 'source.json');
    writeFileSync(source, JSON.stringify({ ...inUse, identity: { name: 'b' } }));
    expect(file.differences(source)).toEqual(['identity.name']);
    expect(file.differences()).toEqual([]);
  });

  it('would not be read by a restart while it is missing', () => {
    rmSync(path);
    expect(() => file.differences()).toThrow(`cannot read ${path}: ENOENT`);
  });

  it('names at most ten keys', () => {
    write(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, index])));
    expect(file.reload().needsRestart?.slice(-1)).toEqual(['13 more']);
  });

  it('reports a mistake with which a restart would fail', () => {
    write({});
    mistake = invalid('identity.name', 'it is missing');
    expect(file.reload()).toEqual({ kept: [path] });
    expect(file.problem).toBe('a restart would fail: identity.name: it is missing');
    expect(lines).toEqual([
      'error: a restart would fail, the previous configuration stays in use error="identity.name: it is missing"',
    ]);
    mistake = undefined;
    write(inUse);
    file.reload();
    expect(file.problem).toBeUndefined();
  });
});
