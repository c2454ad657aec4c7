// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

describe('dbus-next', () => {
  it('is of the version for which each file of this folder was written: with another, each of them is to be reviewed', () => {
    const path = createRequire(__filename).resolve('dbus-next/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(version).toBe('0.10.2');
  });
});
