// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** The hash of the whole event log of a run, which is performed in a separate process. */
async function hashOf(seed: number): Promise<string> {
  const args = ['scripts/simulate.mjs', '--seed', String(seed), '--only', 'all'];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return /^ {2}after [\d.]+ s, event log ([\da-f]{64})$/m.exec(stdout)![1]!;
}

describe('a seed of the simulation', () => {
  it('gives the same events in another process, and another seed gives other events', async () => {
    const [first, second, other] = await Promise.all([hashOf(7), hashOf(7), hashOf(8)]);
    expect(second).toBe(first);
    expect(other).not.toBe(first);
  });
});
