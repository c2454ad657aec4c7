// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { table } from '../table.js';
import { duration } from '../measurement.js';
import { scale, type ScaleResult } from './scale.js';

const kilobytes = (bytes: number): string => `${(bytes / 1_000).toFixed(1)} KB`;
const share = (msPerSecond: number): string => `${msPerSecond.toFixed(1)} ms/s`;

/** The measured quantity, its target for 200 machines, and the format of its values. */
const rows: readonly (readonly [what: string, target: string, text: (result: ScaleResult) => string])[] = [
  ['entries of the registry', '', ({ entries }) => String(entries)],
  ['all agents report at once → all are registered', '', ({ bootStorm }) => duration(bootStorm)],
  ['the admin listens again → all are registered', '3 s', ({ restart }) => duration(restart)],
  ['QueryList, 20 a second amid 10 changes a second, p50', '', ({ queryP50 }) => duration(queryP50)],
  ['the same, p99', '50 ms', ({ queryP99 }) => duration(queryP99)],
  ['100 watches → all have their list', '', ({ lists100 }) => duration(lists100)],
  ['1,000 watches → all have their list', '3 s', ({ lists1000 }) => duration(lists1000)],
  ['1 change a second → at 100 watches, p99', '', ({ event1 }) => duration(event1)],
  ['10 changes a second → at 100 watches, p99', '100 ms', ({ event10 }) => duration(event10)],
  ['100 changes a second → at 100 watches, p99', '', ({ event100 }) => duration(event100)],
  ['10 changes a second → at 1,000 watches, p99', '', ({ event1000 }) => duration(event1000)],
  ['memory of the admin for an entry', '2 KB', ({ bytesOfEntry }) => kilobytes(bytesOfEntry)],
  ['memory of the admin for a watch, with 1,000', '40 KB', ({ bytesOfWatch }) => kilobytes(bytesOfWatch)],
  ['CPU time of the admin, nothing changes', '', ({ cpuIdle }) => share(cpuIdle)],
  ['CPU time of the admin, 10 changes a second to 100 watches', '', ({ cpuBusy }) => share(cpuBusy)],
  ['CPU time of the admin: all agents register', '', ({ cpu }) => duration(cpu.bootStorm)],
  ['CPU time of the admin: 200 QueryList amid 100 changes', '', ({ cpu }) => duration(cpu.queries)],
  ['CPU time of the admin: 1,000 initial lists', '', ({ cpu }) => duration(cpu.lists1000)],
  ['CPU time of the admin: all agents return after its restart', '', ({ cpu }) => duration(cpu.restart)],
];

/** Measures systems with these numbers of machines one after the other, and prints them side by side. */
export async function reportScale(machines: readonly number[], isJson: boolean): Promise<void> {
  const results: ScaleResult[] = [];
  for (const number of machines) {
    process.stderr.write(`measuring ${number} simulated machines ...\n`);
    results.push(await scale(number));
  }
  if (isJson) return void process.stdout.write(`${JSON.stringify({ scale: results }, undefined, 2)}\n`);
  const head = ['what', 'to reach with 200', ...machines.map((number) => `${number} machines`)];
  const lines = rows.map(([what, target, text]) => [what, target, ...results.map(text)]);
  process.stdout.write(`\n${table(head, lines)}\n`);
}
