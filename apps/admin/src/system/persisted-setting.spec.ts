// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newRegistry } from '../registry/registry.fixture.js';
import { PersistedSetting } from './persisted-setting.js';

describe('a setting that is kept', () => {
  let folder: string;
  let path: string;
  let setting: PersistedSetting<string>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-kept-'));
    path = join(folder, 'setting');
    const parse = (text: string) => ({ value: text || undefined, damage: [] });
    setting = new PersistedSetting({ path, parse, format: String }, newRegistry().log);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const append = (text: string) => setting.change((before = '') => before + text);

  it('keeps only the later change when the earlier one is withdrawn', async () => {
    const [first, second] = await Promise.all([append('a'), append('b')]);
    expect(setting.value).toBe('ab');
    await first.rollBack();
    expect([setting.value, readFileSync(path, 'utf8')]).toEqual(['b', 'b']);
    second.accept();
    expect(setting.value).toBe('b');
  });

  it('keeps the accepted value when a later change is withdrawn', async () => {
    const [first, second] = await Promise.all([append('a'), append('b')]);
    second.accept();
    await first.rollBack();
    const third = await append('c');
    await third.rollBack();
    expect([setting.value, readFileSync(path, 'utf8')]).toEqual(['b', 'b']);
  });
});
