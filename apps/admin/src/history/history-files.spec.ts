// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateFiles } from './history-files.js';

describe('the files of the history', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-history-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are read in small parts, so that many queries do not delay other calls', async () => {
    const files = new StateFiles({ folder, maxBytes: 1_000_000 });
    const text = 'x'.repeat(100_000);
    await files.create('a', text);
    const parts: Buffer[] = [];
    for await (const part of files.read('a', 10)) parts.push(part);
    expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(8 * 1_024);
    expect(Buffer.concat(parts).toString()).toBe(text.slice(10));
  });
});
