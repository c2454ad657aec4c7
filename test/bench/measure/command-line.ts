// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { programs } from '../../lab/plan.js';
import { run, type Outcome } from '../../lab/run.js';
import { type Bench } from '../bench.js';
import { group, times, type Measurement } from '../measurement.js';

const mistakes = 20_000;

/** The durations of the whole program in several runs; throws unless it ends with this status each time. */
async function timesOf(count: number, status: number, program: () => Promise<Outcome>): Promise<Measurement> {
  const measured: number[] = [];
  while (measured.length < count) {
    const outcome = await program();
    if (outcome.status !== status) throw new Error(`status ${outcome.status}: ${outcome.stderr}`);
    measured.push(outcome.ms);
  }
  return times(measured);
}

const complete = ({ lab }: Bench, ...options: string[]): Promise<Outcome> =>
  lab.cli(['complete', '--', ...options, 'start', 'vm', '']);

/** Calls an admin that accepts the connection and sends nothing. */
async function completionOfSilent(bench: Bench): Promise<Measurement> {
  const silent = createServer((socket) => socket.on('error', () => undefined)).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  try {
    return await timesOf(3, 0, () => complete(bench, '--notls', '--addr', '127.0.0.1', '--port', String(port)));
  } finally {
    silent.close();
  }
}

async function refusedConfiguration(): Promise<Measurement> {
  const folder = mkdtempSync(join(tmpdir(), 'givc-bench-'));
  const file = join(folder, 'agent.json');
  try {
    writeFileSync(file, JSON.stringify({ capabilities: { services: Array<null>(mistakes).fill(null) } }));
    return await timesOf(5, 2, () => run([`${programs}/bin/givc-agent`, '-config', file]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The whole programs, from start to end. */
export const commandLine = group(['completion', 'completionSilent', 'mistakes'], async (bench) => ({
  completion: await timesOf(15, 0, () => complete(bench)),
  completionSilent: await completionOfSilent(bench),
  mistakes: await refusedConfiguration(),
}));
