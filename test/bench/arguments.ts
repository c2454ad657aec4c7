// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { figures, type FigureName } from './figures.js';

/** The measured values of an earlier run on the same machine, by row; times in milliseconds. */
export type Baseline = ReadonlyMap<string, Readonly<Record<string, number>>>;

export interface BenchArguments {
  /** The wanted rows; empty for all. */
  readonly rows: readonly FigureName[];
  readonly isJson: boolean;
  readonly baseline: Baseline | undefined;
  /** A folder with the programs of the original, to be measured as well. */
  readonly original: string | undefined;
  /** The numbers of simulated machines to measure instead of rows. */
  readonly scale: readonly number[] | undefined;
}

const names = Object.keys(figures) as FigureName[];
const defaultScale = '10,50,200';

const usage = `usage: npm run bench -- [--json] [--baseline FILE] [--original DIR] [ROW...]
       npm run bench -- scale [--json] [--machines N,N...]

Measures this checkout's programs in a lab of five machines, and prints the figures beside those of the original. With
rows, only those and what is measured together with them. Rows:
${names.map((name) => `  ${name.padEnd(22)} ${figures[name].what}\n`).join('')}
"scale" measures an admin with simulated agents and watchers instead (default: ${defaultScale} machines, each in turn).

  --json           print the figures for programs
  --baseline FILE  compare with the output of an earlier run with --json on the same machine
  --original DIR   measure givc-cli, givc-admin and givc-agent of the original in DIR, too, alternately with these
  --machines N,N   the numbers of simulated machines, at most 250
`;

function baselineOf(file: string): Baseline {
  const { rows } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly rows: readonly {
      readonly name: string;
      readonly measured: { readonly values: Record<string, number> } | null;
    }[];
  };
  return new Map(rows.flatMap(({ name, measured }) => (measured ? [[name, measured.values]] : [])));
}

function originalOf(folder: string): string {
  if (!existsSync(`${folder}/givc-cli`)) throw new Error(`--original ${folder}: it has no givc-cli`);
  return resolve(folder);
}

function machinesOf(text: string): number[] {
  const numbers = text.split(',').map(Number);
  if (numbers.some((number) => !Number.isInteger(number) || number < 1 || number > 250))
    throw new Error(`invalid --machines "${text}": expected numbers from 1 to 250, separated by commas`);
  return numbers;
}

function parse(words: readonly string[]): BenchArguments | undefined {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      json: { type: 'boolean', default: false },
      baseline: { type: 'string' },
      original: { type: 'string' },
      machines: { type: 'string', default: defaultScale },
    },
  });
  if (values.help) return undefined;
  const isScale = positionals[0] === 'scale';
  const rows = isScale ? positionals.slice(1) : positionals;
  const unknown = rows.find((row) => !names.includes(row as FigureName));
  if (unknown !== undefined) throw new Error(`row "${unknown}" is unknown`);
  return {
    rows: rows as FigureName[],
    isJson: values.json,
    baseline: values.baseline === undefined ? undefined : baselineOf(values.baseline),
    original: values.original === undefined ? undefined : originalOf(values.original),
    scale: isScale ? machinesOf(values.machines) : undefined,
  };
}

/** The command line of the bench. Prints the help and exits with 0, or prints the mistake and exits with 2. */
export function parseArguments(words: readonly string[]): BenchArguments {
  let parsed: BenchArguments | undefined;
  try {
    parsed = parse(words);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}; see "npm run bench -- --help"\n`);
    process.exit(2);
  }
  if (parsed) return parsed;
  process.stdout.write(usage);
  process.exit(0);
}
