// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The outcome of each mutant, kept for each area under dist/mutation, and as a table in docs/mutation.md.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { digestOf, output } from './build.mjs';

const folder = `${output}/results`;
const document = 'docs/mutation.md';
const nameOf = (area) => area.replaceAll('/', '-');
const oneLine = (source) => {
  const line = source.replaceAll(/\s+/g, ' ');
  return line.length > 140 ? `${line.slice(0, 140)}…` : line;
};

const stamp = (spec) => `${spec} ${digestOf(spec)}`;

export class Results {
  #digest;
  #path;
  #area;
  #known = {};
  #unsaved = 0;

  constructor(area, digest, isAnew) {
    this.#area = area;
    this.#digest = digest;
    this.#path = `${folder}/${nameOf(area)}.json`;
    if (!isAnew && existsSync(this.#path)) this.#known = JSON.parse(readFileSync(this.#path, 'utf8'));
  }

  #specs(specs) {
    return [...new Set(specs)].sort().map((spec) => `${spec} ${this.#digest(spec)}`);
  }

  /**
   * The known outcome of a mutant if it is still valid: a killed one as long as that test is unchanged, a surviving one
   * as long as all tests are.
   */
  get(mutant, specs) {
    const known = this.#known[mutant.key];
    if (known === undefined) return undefined;
    if (known.status === 'killed' || known.status === 'timeout') {
      // The surrounding code may have changed; the test that killed the mutant must still exist unchanged.
      const isThere = known.spec === undefined || (existsSync(known.spec) && known.specs[0] === stamp(known.spec));
      return isThere ? known : undefined;
    }
    return JSON.stringify(known.specs) === JSON.stringify(this.#specs(specs)) ? known : undefined;
  }

  set(mutant, { status, spec, test, error }, specs) {
    const isKilled = status === 'killed' || status === 'timeout';
    const kept = isKilled ? [spec === undefined ? '' : stamp(spec)] : this.#specs(specs);
    this.#known[mutant.key] = { status, spec, test, error: error?.slice(0, 200), specs: kept };
    if (++this.#unsaved % 20 === 0) this.#write();
  }

  status(mutant) {
    return this.#known[mutant.key]?.status ?? 'not run';
  }

  #write() {
    mkdirSync(folder, { recursive: true });
    writeFileSync(this.#path, JSON.stringify(this.#known, null, 1));
  }

  /** Forgets mutants that do not exist any more. */
  save(mutants) {
    const keys = new Set(mutants.map(({ key }) => key));
    this.#known = Object.fromEntries(Object.entries(this.#known).filter(([key]) => keys.has(key)));
    this.#write();
  }

  record(mutants) {
    const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const { killed, timeout, survived, none, score } = count(this, mutants);
    const row = [
      this.#area,
      killed,
      timeout,
      survived,
      none,
      `${score} %`,
      git('log', '-1', '--format=%cs'),
      git('rev-parse', '--short', 'HEAD'),
    ];
    const lines = readFileSync(document, 'utf8').split('\n');
    const index = lines.findIndex((line) => line.startsWith(`| \`${this.#area}\``));
    const cells = row.map(String);
    cells[0] = `\`${this.#area}\``;
    // Pads each cell to the width of its column, so that prettier leaves the table unchanged.
    const widths = lines[index]?.split('|').map((cell) => cell.length - 2);
    if (index >= 0) lines[index] = `| ${cells.map((cell, column) => cell.padEnd(widths[column + 1])).join(' | ')} |`;
    writeFileSync(document, lines.join('\n'));
  }
}

export function count(results, mutants) {
  const counts = { killed: 0, timeout: 0, survived: 0, none: 0, 'not run': 0 };
  for (const mutant of mutants) counts[results.status(mutant)]++;
  const noticed = counts.killed + counts.timeout;
  const score = ((100 * noticed) / (noticed + counts.survived + counts.none || 1)).toFixed(1);
  return { ...counts, score };
}

export function summary(area, results, mutants) {
  const lines = [];
  for (const mutant of mutants) {
    const status = results.status(mutant);
    if (status !== 'survived' && status !== 'none') continue;
    const what = `${oneLine(mutant.original)}  →  ${oneLine(mutant.replacement)}`;
    lines.push(`${mutant.file}:${mutant.line}:${mutant.column}  ${status === 'none' ? 'NO TEST  ' : ''}${what}`);
  }
  const { killed, timeout, survived, none, score } = count(results, mutants);
  const head = `${area}: ${score} % (${killed} killed, ${timeout} timeout, ${survived} survived, ${none} without a test)`;
  const body = lines.length > 0 ? `${lines.join('\n')}\n` : '';
  const all = `${body}${head}\n`;
  mkdirSync(output, { recursive: true });
  writeFileSync(`${output}/${nameOf(area)}.txt`, all);
  return all;
}
