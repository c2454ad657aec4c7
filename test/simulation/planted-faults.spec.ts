// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const program = `
  import { readFileSync } from 'node:fs';
  import { plantedFaults, withFault } from './scripts/planted-faults.mjs';
  for (const fault of plantedFaults)
    for (const { file } of fault.edits)
      if (withFault(fault, '/' + file, readFileSync(file, 'utf8')) === readFileSync(file, 'utf8')) throw new Error(fault.name);
  console.log(plantedFaults.length);
`;

describe('the planted faults of the simulation', () => {
  it('are at least 20, and the code that each of them replaces exists', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    expect(Number(stdout)).toBeGreaterThanOrEqual(20);
  });
});
