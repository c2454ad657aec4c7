// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

describe('grpc-js', () => {
  it('is of the version for which each file of this folder was written; another version requires a review', () => {
    const path = createRequire(__filename).resolve('@grpc/grpc-js/package.json');
    const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
    expect(version).toBe('1.14.7');
  });
});
