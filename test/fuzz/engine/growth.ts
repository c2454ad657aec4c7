// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { oddTexts } from './odd.js';

/** A text of any length: `body` is repeated. */
export interface Pump {
  readonly head: string;
  readonly body: string;
  readonly tail: string;
}

export const textOf = ({ head, body, tail }: Pump, length: number): string =>
  head + body.repeat(Math.ceil(length / body.length)) + tail;

/** What stands at the end decides whether all that was read is read again in another way. */
const tails = ['', '\0', '!', '\n', ' ', '"', '\ud800'];

/** A part of a seed, or something odd, in the midst of a seed or alone. */
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
/** By which factor the cost may grow with the length: 4 is in proportion, 16 is its square. */
const factorMax = 8;
const samples = 3;
/** A cost that is not found so often is noise: what else the machine does takes the caches and the compiler from a run. */
const attempts = 3;

/** How the cost of something is measured: runs it, and returns the cost in microseconds or steps. */
export type Meter = (run: () => Promise<void>) => Promise<number>;

/** The time of all processors that this process has used meanwhile. */
export const cpuMeter: Meter = async (run) => {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

export interface GrowthOptions {
  readonly meter: Meter;
  /** Below this cost nothing is compared: it is noise. */
  readonly floor: number;
  /** Above this cost nothing longer is tried. */
  readonly ceiling: number;
}

export const cpuGrowth: GrowthOptions = { meter: cpuMeter, floor: 25_000, ceiling: 1_000_000 };

/** What is said of a pump with which the cost grows faster than the length; undefined of others. */
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
