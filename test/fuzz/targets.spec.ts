// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { invalid } from '@givc/model';
import { fuzz, fuzzGrowth } from './engine/fuzz.js';
import { superlinear, type GrowthOptions } from './engine/growth.js';
import { target } from './engine/target.js';
import { targets } from './targets.js';

/**
 * Parsers that are not fuzzed: of command lines and other texts of their own user, and of input that another parser has
 * checked.
 */
const unfuzzed = [
  ...['parseAuthority', 'parseExpected', 'parseMachine', 'parseImageType', 'parseKeyUsages', 'parseConnection'],
  ...['parseRpc', 'parseRequest', 'parseUsage', 'parseUsageLater', 'parseNumber', 'parseSeconds', 'parseCondition'],
  ...['parseStatusProperty', 'parseUnitType', 'parseAlone', 'parseSettings', 'parseAdminEndpoint'],
  ...['parsePastTime', 'parseFormat', 'parsePriority', 'parseSortKey', 'parseReachedRequest'],
];

const sources = execFileSync('git', ['ls-files', 'apps', 'libs'], { encoding: 'utf8' })
  .split('\n')
  .filter((file) => /^.*(?<!\.spec|\.fixture)\.ts$/.test(file));

describe('a parser of input from peers and files', () => {
  it.each(targets)('behaves as documented with random input: $name', async (one) => {
    expect(await fuzz(one, { seed: 1, runs: 30 })).toBeUndefined();
  });

  it('has a target when its name begins with parse', () => {
    const files = readdirSync(__dirname).filter((file) => file.endsWith('.target.ts'));
    const fuzzed = files.map((file) => readFileSync(join(__dirname, file), 'utf8')).join();
    const parsers = sources.flatMap((file) =>
      Array.from(
        readFileSync(file, 'utf8').matchAll(/^export (?:const|(?:async )?function) (parse[A-Z]\w*)/gm),
        ([, name]) => name!,
      ),
    );
    expect(parsers.length).toBeGreaterThan(40);
    expect(parsers.filter((name) => !unfuzzed.includes(name) && !new RegExp(`\\b${name}\\b`).test(fuzzed))).toEqual([]);
  });

  it('is listed in the table of the README', () => {
    const page = readFileSync(join(__dirname, 'README.md'), 'utf8');
    expect(targets.map(({ name }) => name).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('a target', () => {
  const accepting = { name: 'planted', parses: 'nothing', input: fc.string(), accepted: () => undefined };

  it('finds an error of another class, shrinks its input, and prints how to replay it', async () => {
    const planted = target({
      ...accepting,
      parse: (text) => {
        if (text.includes('a')) throw new TypeError('x');
        return text;
      },
    });
    const found = await fuzz(planted, { seed: 3, runs: 1_000 });
    expect(found).toMatchObject({ input: '"a"', problem: expect.stringContaining('TypeError: x') });
    const [, seed, path] = /^--target planted --seed (\d+) --path ([\d:]+)$/.exec(found!.replay)!;
    expect(await fuzz(planted, { seed: Number(seed), runs: 1_000, path })).toMatchObject({ input: '"a"' });
  });

  it.each([
    ['has a secret', () => invalid('Password', 'it is not a password: secret-word')],
    ['is too long', () => invalid('Name', 'x'.repeat(2_000))],
    ['has control sequences of a terminal', () => invalid('Name', '\x9b2J')],
    ['has an unpaired surrogate', () => invalid('Name', '\ud800')],
  ])('finds an error that %s', async (_, error) => {
    const parse = (): never => {
      throw error();
    };
    expect(
      await fuzz(target({ ...accepting, parse, secrets: () => ['secret-word'] }), { seed: 1, runs: 1 }),
    ).toBeDefined();
  });

  it.each([
    ['a value that is larger than its bound', () => 'x'.repeat(70_000)],
    ['an object whose prototype came with the input', () => Object.setPrototypeOf({}, { isAdmin: true }) as object],
  ])('finds %s', async (_, parse) => {
    expect(await fuzz(target<string, unknown>({ ...accepting, parse }), { seed: 1, runs: 1 })).toBeDefined();
  });

  it('finds a cost that grows faster than the input, and accepts a cost that grows with it', async () => {
    let steps = 0;
    const options: GrowthOptions = {
      meter: async (run) => {
        steps = 0;
        await run();
        return steps;
      },
      floor: 1_000,
      ceiling: 1e9,
    };
    const pump = { head: '', body: 'a', tail: '!' };
    const parseBy = (cost: (length: number) => number) => (text: string) =>
      Promise.resolve(void (steps += cost(text.length)));
    expect(
      await superlinear(
        parseBy((length) => length * length),
        pump,
        options,
      ),
    ).toMatch(/^4 times the length costs 14\.6 /);
    expect(
      await superlinear(
        parseBy((length) => length * Math.log2(length)),
        pump,
        options,
      ),
    ).toBeUndefined();
    const slow = { seeds: ['a'], input: (text: string) => text };
    const planted = target({ ...accepting, parse: (text) => void (steps += text.length ** 2), pump: slow });
    expect(await fuzzGrowth(planted, 9, options)).toMatchObject({ replay: '--target planted --seed 9 --growth' });
  });

  it('takes a cost for noise that is not found again', async () => {
    let measured = 0;
    const options: GrowthOptions = {
      // Only the measurements of the longer text in its first comparison are high.
      meter: (run) => run().then(() => (++measured >= 7 && measured <= 9 ? 100_000 : length)),
      floor: 1_000,
      ceiling: 1e9,
    };
    let length = 0;
    const parse = (text: string) => Promise.resolve(void (length = text.length));
    expect(await superlinear(parse, { head: '', body: 'a', tail: '' }, options)).toBeUndefined();
    expect(measured).toBeGreaterThan(9);
  });
});
