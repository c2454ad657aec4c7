// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run bench -- --help
import { availableParallelism, cpus, release } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Lab } from '../lab/lab.js';
import { inNamespaces, labControlGroup } from '../lab/namespaces.js';
import { parseArguments } from './arguments.js';
import { Bench } from './bench.js';
import { compared } from './compared.js';
import { figures, type Figure, type FigureName } from './figures.js';
import { installGhz } from './ghz.js';
import { access } from './measure/access.js';
import { applications } from './measure/applications.js';
import { attacks } from './measure/attacks.js';
import { calls } from './measure/calls.js';
import { commandLine } from './measure/command-line.js';
import { events } from './measure/events.js';
import { ghzCalls, ghzFirstCalls, ghzLoads, ghzStarts } from './measure/ghz-calls.js';
import { input } from './measure/input.js';
import { lostAdmin } from './measure/lost-admin.js';
import { lostAgents } from './measure/lost-agents.js';
import { lostSockets } from './measure/lost-sockets.js';
import { lostVms } from './measure/lost-vms.js';
import { programs } from './measure/programs.js';
import { restarts } from './measure/restarts.js';
import { sockets } from './measure/sockets.js';
import { statistics } from './measure/statistics.js';
import { suspends } from './measure/suspends.js';
import { vms } from './measure/vms.js';
import { wifi } from './measure/wifi.js';
import { type Group, type Measurement } from './measurement.js';
import { reportScale } from './scale/report.js';
import { table } from './table.js';

const { rows: wanted, isJson, baseline, original, scale } = parseArguments(process.argv.slice(2));
if (labControlGroup() === undefined && !scale) installGhz();
await inNamespaces();
if (scale) {
  await reportScale(scale, isJson);
  process.exit(0);
}

// The faults of the admin come last, because connections of other groups end with the admin.
const all: readonly Group[] = [
  ...[
    calls,
    ghzCalls,
    ghzStarts,
    ghzLoads,
    events,
    applications,
    programs,
    commandLine,
    access,
    attacks,
    statistics,
    wifi,
  ],
  ...[vms, lostVms, lostAgents, suspends, sockets, lostSockets, input, restarts, ghzFirstCalls, lostAdmin],
];
const groups = wanted.length === 0 ? all : all.filter(({ rows }) => rows.some((row) => wanted.includes(row)));
const measured = new Map<FigureName, Measurement>();
const failures: string[] = [];

const groupLimitMs = 180_000;

async function tooLong(rows: readonly FigureName[]): Promise<never> {
  await setTimeout(groupLimitMs, undefined, { ref: false });
  throw new Error(`${rows.length} rows take longer than ${groupLimitMs} ms`);
}

async function measure(bench: Bench): Promise<void> {
  for (const { rows, measure } of groups) {
    process.stderr.write(`measuring ${rows.join(', ')} ...\n`);
    try {
      const values = await Promise.race([measure(bench), tooLong(rows)]);
      for (const [name, value] of Object.entries(values)) measured.set(name as FigureName, value);
    } catch (error) {
      failures.push(`${rows.join(', ')}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

process.stderr.write('Booting the machines ...\n');
const lab = await Lab.start();
try {
  const bench = await Bench.open(lab, original);
  await measure(bench);
  bench.close();
} finally {
  await lab.stop();
}

const rows = (Object.entries(figures) as [FigureName, Figure][]).filter(
  ([name]) => wanted.length === 0 || groups.some((group) => group.rows.includes(name)),
);
const machine = {
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  kernel: release(),
  node: process.version,
};
for (const [name] of rows)
  if (!all.some((group) => group.rows.includes(name))) failures.push(`${name}: no group measures it`);
if (isJson) {
  const measurements = rows.map(([name, figure]) => ({ name, ...figure, measured: measured.get(name) ?? null }));
  process.stdout.write(`${JSON.stringify({ machine, rows: measurements, failures }, undefined, 2)}\n`);
} else {
  const lines = rows.map(([name, figure]) => [
    figure.what,
    measured.get(name)?.original?.text ?? figure.original,
    figure.target,
    measured.get(name)?.text ?? 'NOT MEASURED',
    ...(baseline ? [compared(measured.get(name), baseline.get(name))] : []),
  ]);
  const head = ['what', 'the original', 'this one: at most', 'this one: measured'];
  process.stdout.write(`\n${table([...head, ...(baseline ? ['to the baseline'] : [])], lines)}\n`);
  process.stdout.write(
    `${machine.cores} cores of ${machine.cpu}, shared by machines and callers; Node ${machine.node}.\n`,
  );
}
for (const failure of failures) process.stderr.write(`not measured: ${failure}\n`);
process.exit(failures.length === 0 ? 0 : 1);
