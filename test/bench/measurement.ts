// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Bench } from './bench.js';
import { type FigureName } from './figures.js';

/** The measured values of a row: as text for the table, and as numbers for programs, with their unit in the name. */
export interface Measurement {
  readonly text: string;
  readonly values: Readonly<Record<string, number>>;
  /** The measured values of the original, measured alternately (`--original`). */
  readonly original?: Measurement;
}

type Measurements<Names extends FigureName> = Readonly<Record<Names, Measurement>>;

/** Rows that are measured together, and the work that measures them. */
export interface Group {
  readonly rows: readonly FigureName[];
  measure(bench: Bench): Promise<Partial<Measurements<FigureName>>>;
}

/** Pairs the rows of a group with its results: a missing row is a type error. */
export const group = <const Names extends FigureName>(
  rows: readonly Names[],
  measure: (bench: Bench) => Promise<Measurements<Names>>,
): Group => ({ rows, measure });

/** The nearest-rank percentile; throws without samples. */
export function percentile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const found = sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)];
  if (found === undefined) throw new Error('there is no sample');
  return found;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** Milliseconds as text, in seconds from one second on. */
export const duration = (ms: number): string =>
  Math.abs(ms) >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(Math.abs(ms) < 100 ? 1 : 0)} ms`;

/** The median of the samples, in milliseconds; with enough of them also their 99th percentile, else the slowest. */
export function times(samples: readonly number[]): Measurement {
  const p50 = median(samples);
  if (samples.length >= 200) {
    const p99 = percentile(samples, 0.99);
    return {
      text: `${duration(p50)}, p99 ${duration(p99)} (of ${samples.length})`,
      values: { p50Ms: p50, p99Ms: p99 },
    };
  }
  const worst = Math.max(...samples);
  return {
    text: `${duration(p50)}, at most ${duration(worst)} (of ${samples.length})`,
    values: { p50Ms: p50, maxMs: worst },
  };
}
