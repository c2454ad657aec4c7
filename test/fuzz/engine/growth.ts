// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { oddTexts } from './odd.js';

/** A text of any length, in which `body` is repeated. */
export interface Pump {
  readonly head: string;
  readonly body: string;
  readonly tail: string;
}

export const textOf = ({ head, body, tail }: Pump, length: number): string =>
  head + body.repeat(Math.ceil(length / body.length)) + tail;

/** The ends of a text: some make a parser read everything before them again in another way. */
const tails = ['', '\0', '!', '\n', ' ', '"', '\ud800'];

/** A part of a seed, or an odd text, in the middle of a seed or alone. */
export const pumpsOf = (seeds: readonly string[]): fc.Arbitrary<Pump> =>
  fc
    .record({
      seed: fc.constantFrom(...seeds, ''),
      from: fc.nat(2_000),
      length: fc.integer({ min: 1, max: 12 }),
      odd: fc.option(fc.constantFrom(...oddTexts.filter((text) => text !== '')), { freq: 2 }),
      tail: fc.option(fc.constantFrom(...tails), { freq: 2 }),
    })
    .map(({ seed, from, length, odd, tail }) => {
      const at = from % (seed.length + 1);
      const body = odd ?? (seed.slice(at, at + length) || 'a');
      return { head: seed.slice(0, at), body, tail: tail ?? seed.slice(at) };
    });

const step = 4;
const lengths = [64, 256, 1_024, 4_096, 16_384, 65_536, 262_144];
/**
 * The maximum factor by which the cost may grow for a text of `step` times the length: proportional growth is 4,
 * quadratic is 16.
 */
const factorMax = 8;
const samples = 3;
/** The number of times that a cost must be measured; otherwise it is noise, such as a run that lost its caches. */
const attempts = 3;

/** Measures the cost of a run, in microseconds or steps. */
export type Meter = (run: () => Promise<void>) => Promise<number>;

/** The CPU time of this process during the run, on all processors. */
export const cpuMeter: Meter = async (run) => {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

export interface GrowthOptions {
  readonly meter: Meter;
  /** Costs below this one are noise, and are not compared. */
  readonly floor: number;
  /** Texts longer than one with this cost are not tried. */
  readonly ceiling: number;
}

export const cpuGrowth: GrowthOptions = { meter: cpuMeter, floor: 25_000, ceiling: 1_000_000 };

/** A message about a pump whose cost grows faster than its length; undefined otherwise. */
export async function superlinear(
  parse: (text: string) => Promise<void>,
  pump: Pump,
  { meter, floor, ceiling }: GrowthOptions,
): Promise<string | undefined> {
  const costAt = async (length: number, times: number): Promise<number> => {
    const text = textOf(pump, length);
    let least = Infinity;
    for (let sample = 0; sample < times; sample++) least = Math.min(least, await meter(() => parse(text)));
    return least;
  };
  for (const length of lengths) {
    const cost = await costAt(length, 1);
    if (cost < floor) continue;
    for (let attempt = 1; ; attempt++) {
      const [short, long] = [await costAt(length / step, samples), await costAt(length, samples)];
      if (long < floor || long <= short * factorMax) break;
      if (attempt < attempts) continue;
      return `${step} times the length costs ${(long / short).toFixed(1)} times as much: ${short} at ${length / step}, ${long} at ${length}`;
    }
    if (cost > ceiling) return undefined;
  }
  return undefined;
}
