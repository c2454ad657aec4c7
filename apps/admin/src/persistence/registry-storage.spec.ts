// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RegistryFile } from './registry-storage.js';

describe('the file of the registry', () => {
  let folder: string;
  let path: string;
  let file: RegistryFile;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-registry-'));
    path = join(folder, 'registry.json');
    file = new RegistryFile(path);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is a new file for each write, readable by its owner alone', async () => {
    await file.write('{"n":1}');
    const first = statSync(path);
    await file.write('{"n":2}');
    const second = statSync(path);
    expect([first.mode & 0o777, second.mode & 0o777]).toEqual([0o600, 0o600]);
    expect(second.ino).not.toBe(first.ino);
    expect(file.read()).toEqual({ n: 2 });
    expect(readdirSync(folder)).toEqual(['registry.json']);
  });

  it('reads as undefined when it is missing, and fails when it is not JSON', () => {
    expect(file.read()).toBeUndefined();
    writeFileSync(path, '{');
    expect(() => file.read()).toThrow('JSON');
  });

  it('is set aside under a name that is returned', () => {
    writeFileSync(path, '{');
    expect(file.setAside()).toBe(`${path}.damaged`);
    expect(readFileSync(`${path}.damaged`, 'utf8')).toBe('{');
    expect(readdirSync(folder)).toEqual(['registry.json.damaged']);
  });

  it('is not set aside when the new path is occupied', () => {
    writeFileSync(path, '{');
    mkdirSync(join(`${path}.damaged`, 'in the way'), { recursive: true });
    expect(() => file.setAside()).toThrow('registry.json.damaged');
  });

  it('has the temporary files of an interrupted write removed', async () => {
    writeFileSync(path, '{}');
    writeFileSync(join(folder, '.registry.json.0123456789ab.new'), 'half');
    await file.clean();
    expect(readdirSync(folder)).toEqual(['registry.json']);
  });
});
