// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { cpuGrowth, superlinear, type GrowthOptions } from './growth.js';
import type { Target } from './target.js';

/** A requirement that failed, and the options of the command line that replay it. */
export interface Failure {
  readonly problem: string;
  readonly input: string;
  readonly replay: string;
}

export interface Batch {
  readonly seed: number;
  readonly runs: number;
  /** A single run, and how its input was shrunk; all runs by default. */
  readonly path?: string | undefined;
}

const shownMax = 2_000;

const shown = (value: unknown): string => {
  const text = fc.stringify(value);
  return text.length > shownMax ? `${text.slice(0, shownMax)}… (${text.length} characters)` : text;
};

const problemOf = (error: unknown): string =>
  error instanceof Error
    ? error.name === 'AssertionError'
      ? error.message
      : (error.stack ?? error.message)
    : String(error);

/**
 * Gives the parser of a target this many inputs, and shrinks the first that fails. The same seed gives the same inputs.
 */
export async function fuzz({ name, input, verify }: Target, { seed, runs, path }: Batch): Promise<Failure | undefined> {
  const details = await fc.check(fc.asyncProperty(input, verify), { seed, numRuns: runs, ...(path && { path }) });
  if (!details.failed) return undefined;
  return {
    problem: problemOf(details.errorInstance),
    input: shown(details.counterexample?.[0]),
    replay: `--target ${name} --seed ${seed} --path ${details.counterexamplePath}`,
  };
}

/** Gives the parser one text that gets longer and longer. Its cost must not grow faster than its length. */
export async function fuzzGrowth(
  { name, growth }: Target,
  seed: number,
  options: GrowthOptions = cpuGrowth,
): Promise<Failure | undefined> {
  if (!growth) return undefined;
  const [pump] = fc.sample(growth.pumps, { seed, numRuns: 1 });
  const problem = await superlinear(growth.parse, pump!, options);
  return problem === undefined
    ? undefined
    : { problem, input: shown(pump), replay: `--target ${name} --seed ${seed} --growth` };
}
