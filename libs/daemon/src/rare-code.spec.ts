// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { feedbackFlag } from './rare-code.js';

describe('code that runs rarely', () => {
  it('has a flag that the V8 of this Node knows', () => {
    const options = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
    expect(options).toContain(`  ${feedbackFlag} `);
  });
});
