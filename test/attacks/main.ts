// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run attacks -- [--help] [NAME...]: runs the attacks of this folder one after the other against the built
// programs, and prints a table of their results. Its exit status is 1 when a check failed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { table } from '../bench/table.js';

const folder = new URL('.', import.meta.url);
const notAttacks = ['main', 'support'];
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => !notAttacks.includes(name))
  .sort();

const usage = `usage: npm run attacks -- [--help] [NAME...]
Attacks the built programs as one VM with a valid certificate, or a caller without one, may. All of them, or those named:
${names.map((name) => `  ${name}\n`).join('')}`;

function parse(): readonly string[] {
  try {
    const { values, positionals } = parseArgs({ options: { help: { type: 'boolean' } }, allowPositionals: true });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    const unknown = positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`attack "${unknown}" is unknown`);
    return positionals.length > 0 ? positionals : names;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}

const rows: string[][] = [];
let isPassed = true;
for (const name of parse()) {
  process.stdout.write(`${name}\n`);
  const child = spawn(process.execPath, ['--import', 'tsx', new URL(`${name}.ts`, folder).pathname], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const results: string[][] = [];
  createInterface(child.stdout).on('line', (line) => {
    process.stdout.write(`  ${line}\n`);
    const [, result, what, figures] = /^(PASS|FAIL) {2}(.*?): (.*)$/.exec(line) ?? [];
    if (result !== undefined) results.push([name, what!, result, figures!]);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  isPassed &&= status === 0;
  if (status !== 0 && !results.some(([, , result]) => result === 'FAIL'))
    results.push([name, 'the attack itself', 'FAIL', `exit status ${status}`]);
  rows.push(...results);
}
process.stdout.write(`\n${table(['attack', 'what was tried', 'result', 'figures'], rows)}`);
process.exit(isPassed ? 0 : 1);
