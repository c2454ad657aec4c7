// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { invalid } from '@givc/model';
import { fileSettings } from './settings.js';
import { ConfigFile } from './config-file.js';

describe('the file of a daemon', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = join(folder, 'agent.json');
  const inUse = { identity: { name: 'a' }, capabilities: { services: ['a.service'], exec: { enable: true } } };
  let lines: string[];
  let mistake: Error | undefined;
  let file: ConfigFile;

  const write = (value: unknown) => writeFileSync(path, JSON.stringify(value));

  beforeEach(() => {
    write(inUse);
    lines = [];
    mistake = undefined;
    const read = (text: string) => {
      if (mistake) throw mistake;
      const value = JSON.parse(text) as unknown;
      return { value, settings: fileSettings(path, text, { value, given: value, warnings: [], mistakes: [] }) };
    };
    file = new ConfigFile(path, read, new Log('info', (line) => lines.push(line.trimEnd()), false));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('needs no restart while it has the same content', () => {
    writeFileSync(path, JSON.stringify(inUse, null, 4));
    expect(file.reload()).toEqual({ changed: [], needsRestart: [] });
    expect(file.problem).toBeUndefined();
  });

  it('names the keys that need a restart, until they are as before', () => {
    write({ ...inUse, capabilities: { services: [], exec: { enable: true }, wifi: { enable: true } }, log: 'debug' });
    const keys = ['capabilities.services', 'capabilities.wifi.enable', 'log'];
    expect(file.reload()).toEqual({ changed: [], needsRestart: keys });
    expect(file.problem).toBe(`needs a restart: ${keys.join(', ')} of ${path}`);
    write(inUse);
    file.reload();
    expect(file.problem).toBeUndefined();
  });

  it('takes its content from elsewhere, when it is a copy of that', () => {
    const source = join(folder, 'source.json');
    writeFileSync(source, JSON.stringify({ ...inUse, identity: { name: 'b' } }));
    expect(file.differences(source)).toEqual({ live: [], others: ['identity.name'] });
    expect(file.differences()).toEqual({ live: [], others: [] });
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

  describe('of which a reload applies a part', () => {
    const logged: string[] = [];
    let applied: string[];
    let live: ConfigFile;
    const more = { ...inUse, capabilities: { services: ['a.service', 'b.service'], exec: { enable: false } } };

    beforeEach(() => {
      applied = [];
      logged.length = 0;
      const read = (text: string) => {
        const value = JSON.parse(text) as unknown;
        return { value, settings: fileSettings(path, text, { value, given: value, warnings: [], mistakes: [] }) };
      };
      live = new ConfigFile(path, read, new Log('info', (line) => logged.push(line.trimEnd()), false), {
        has: (key) => key === 'capabilities.services',
        prepare: (text) => {
          if (mistake) throw mistake;
          return () => applied.push(text);
        },
      });
    });

    it('applies that part once, and names the rest', () => {
      write(more);
      expect(live.differences()).toEqual({ live: ['capabilities.services'], others: ['capabilities.exec.enable'] });
      const needsRestart = ['capabilities.exec.enable'];
      expect(live.reload()).toEqual({ changed: ['capabilities.services'], needsRestart });
      expect(live.reload()).toEqual({ changed: [], needsRestart });
      expect(applied).toEqual([JSON.stringify(more)]);
      expect(live.differences()).toEqual({ live: [], others: needsRestart });
      write(inUse);
      expect(live.reload()).toEqual({ changed: ['capabilities.services'], needsRestart: [] });
    });

    it('applies nothing of a file with a mistake, and logs the mistake', () => {
      mistake = invalid('capabilities.services[1]', 'invalid unit');
      write(more);
      expect(live.differences().mistake).toBe('capabilities.services[1]: invalid unit');
      expect(live.reload()).toEqual({ kept: [path] });
      expect(applied).toEqual([]);
      expect(live.problem).toBe(`${path} not reloaded: capabilities.services[1]: invalid unit`);
      expect(logged).toEqual([
        `error: ${path} not reloaded, the previous version stays in use error="capabilities.services[1]: invalid unit"`,
      ]);
      mistake = undefined;
      expect(live.reload().changed).toEqual(['capabilities.services']);
    });
  });
});
