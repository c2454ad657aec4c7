// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readProc } from '../../../apps/agent/src/stats/proc.js';
import { group, times } from '../measurement.js';

const processes = 300;
const passes = 200;

/** The work of an agent for GetStats, on a machine with this number of processes. */
export const statistics = group(['statistics'], async () => {
  const sleepers = [];
  try {
    for (let there = (await readProc()).processes.size; there < processes; there++)
      sleepers.push(spawn('sleep', ['infinity'], { stdio: 'ignore' }));
    const measured: number[] = [];
    for (let done = 0; done < passes; done++) {
      const started = performance.now();
      await readProc();
      measured.push(performance.now() - started);
    }
    return { statistics: times(measured) };
  } finally {
    for (const sleeper of sleepers) sleeper.kill();
    await Promise.all(sleepers.map((sleeper) => once(sleeper, 'exit')));
  }
});
