// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

describe('node-forge', () => {
  it('has the version for which the files of this folder were written; review them for any other version', () => {
    const path = createRequire(__filename).resolve('node-forge/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(version).toBe('1.4.3');
  });
});
