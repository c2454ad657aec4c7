// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run memory: measures the admin and an agent in the lab, and writes the first table of docs/memory.md; --costs:
// what the history, the journal and the resources cost, and the second table.
import { readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Lab } from '../lab/lab.js';
import { inNamespaces } from '../lab/namespaces.js';
import { checkout } from '../lab/plan.js';
import { measureCosts, states, type Costs, type State } from './costs.js';
import { installProbe, measure, type Shares } from './measure.js';

const document = join(checkout, 'docs/memory.md');
const isOfCosts = process.argv.includes('--costs');
/** `--rounds 1` for a first look. */
const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 3;
const begin = `<!-- npm run memory${isOfCosts ? ' -- --costs' : ''} writes from here -->`;
const end = '<!-- to here -->';

function tableOf(programs: Readonly<Record<string, Shares>>): string {
  const names = Object.keys(programs);
  const rows = Object.keys(programs[names[0]!]!).map((use) => [
    use,
    ...names.map((name) => programs[name]![use]!.toFixed(1)),
  ]);
  const lines = [['MiB', ...names], ['---', ...names.map(() => '---:')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function costTableOf(costs: Readonly<Record<State, Costs>>): string {
  const head = [
    'history and journal',
    'daemon',
    'live heap, MB',
    'more than "on"',
    'anonymous, MiB',
    'idle CPU, ms a second',
  ];
  const rows = (Object.keys(states) as State[]).flatMap((state) =>
    (['admin', 'agent'] as const).map((daemon) => {
      const { anonymousMiB, heapMB, idleCpu } = costs[state][daemon];
      const more = heapMB - costs.on[daemon].heapMB;
      return [state, daemon, heapMB.toFixed(2), more.toFixed(2), anonymousMiB.toFixed(1), idleCpu.toFixed(1)];
    }),
  );
  const lines = [head, ['---', '---', ...head.slice(2).map(() => '---:')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

await inNamespaces();
const text = readFileSync(document, 'utf8');
const from = text.indexOf(begin) + begin.length;
const to = text.indexOf(end, from);
if (to < from || from < begin.length) throw new Error(`${document} has no place for the table`);
const lab = await Lab.start({ running: ['admin-vm', 'net-vm'] });
try {
  installProbe();
  const table = isOfCosts ? costTableOf(await measureCosts(lab, rounds)) : tableOf(await measure(lab));
  process.stdout.write(`${table}\n`);
  const origin = rounds === 1 ? ' One round.' : ` Medians of ${rounds} rounds.`;
  const note = `Node ${process.version}, ${process.arch}, ${new Date().toISOString().slice(0, 10)}.${isOfCosts ? origin : ''}`;
  writeFileSync(document, `${text.slice(0, from)}\n\n${table}\n\n${note}\n\n${text.slice(to)}`);
  execFileSync(join(checkout, 'node_modules/.bin/prettier'), ['--write', '--log-level', 'warn', document]);
} finally {
  await lab.stop();
}
process.exit(0);
