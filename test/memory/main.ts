// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run memory: measures the admin and an agent in the lab, and writes the table of docs/memory.md.
import { readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Lab } from '../lab/lab.js';
import { inNamespaces } from '../lab/namespaces.js';
import { checkout } from '../lab/plan.js';
import { measure, type Shares } from './measure.js';

const document = join(checkout, 'docs/memory.md');
const [begin, end] = ['<!-- npm run memory writes from here -->', '<!-- to here -->'];

function tableOf(programs: Readonly<Record<string, Shares>>): string {
  const names = Object.keys(programs);
  const rows = Object.keys(programs[names[0]!]!).map((use) => [
    use,
    ...names.map((name) => programs[name]![use]!.toFixed(1)),
  ]);
  const lines = [['MiB', ...names], ['---', ...names.map(() => '---:')], ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

await inNamespaces();
const text = readFileSync(document, 'utf8');
const [from, to] = [text.indexOf(begin) + begin.length, text.indexOf(end)];
if (to < from) throw new Error(`${document} has no place for the table`);
const lab = await Lab.start({ running: ['admin-vm', 'net-vm'] });
try {
  const table = tableOf(await measure(lab));
  process.stdout.write(`${table}\n`);
  const note = `Node ${process.version}, ${process.arch}, ${new Date().toISOString().slice(0, 10)}.`;
  writeFileSync(document, `${text.slice(0, from)}\n\n${table}\n\n${note}\n\n${text.slice(to)}`);
  execFileSync(join(checkout, 'node_modules/.bin/prettier'), ['--write', '--log-level', 'warn', document]);
} finally {
  await lab.stop();
}
process.exit(0);
