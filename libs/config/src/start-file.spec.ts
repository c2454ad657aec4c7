// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { invalid } from '@givc/model';
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
    const check = () => {
      if (mistake) throw mistake;
    };
    file = new StartFile(path, check, new Log('info', (line) => lines.push(line.trimEnd()), false));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('needs no restart while it has the same content', () => {
    writeFileSync(path, JSON.stringify(inUse, null, 4));
    expect(file.reload()).toEqual({ needsRestart: [] });
    expect(file.problem).toBeUndefined();
  });

  it('names the keys of two levels that need a restart, until they are as before', () => {
    write({ ...inUse, capabilities: { services: [], exec: { enable: true }, wifi: { enable: true } }, log: 'debug' });
    const keys = ['capabilities.services', 'capabilities.wifi', 'log'];
    expect(file.reload()).toEqual({ needsRestart: keys });
    expect(file.problem).toBe(`needs a restart: ${keys.join(', ')} of ${path}`);
    write(inUse);
    file.reload();
    expect(file.problem).toBeUndefined();
  });

  it('names at most ten keys', () => {
    write(Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, index])));
    expect(file.reload().needsRestart?.slice(-1)).toEqual(['12 more']);
  });

  it('reports a mistake with which a restart would fail', () => {
    mistake = invalid('identity.name', 'it is missing');
    expect(file.reload()).toEqual({ kept: [path] });
    expect(file.problem).toBe('a restart would fail: identity.name: it is missing');
    expect(lines).toEqual([
      'error: a restart would fail, the previous configuration stays in use error="identity.name: it is missing"',
    ]);
    mistake = undefined;
    file.reload();
    expect(file.problem).toBeUndefined();
  });
});
