// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import * as z from 'zod/mini';
import { GivcError, invalid } from '@givc/model';
import { parseConfig, readJson } from './json-config.js';
import { absent, defaulted, parsed } from './schema.js';

const odd = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'length',
  '',
  'a.b',
  'a\nb',
  '0',
  '\u2028',
];
const known = ['name', 'ports', 'inner', 'words'];

/** JSON of any shape, with keys on which a careless parser fails. */
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(null, true, '', 0, -0, 1e308, -1, 1.5, 2 ** 53, 'a\nb', '__proto__'),
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.oneof(fc.constantFrom(...known, ...odd), fc.string({ maxLength: 3 })), tie('value')), {
        maxLength: 6,
      })
      .map(
        (entries) =>
          JSON.parse(
            `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`,
          ) as unknown,
      ),
  ),
})).value;

const schema = z.strictObject({
  name: parsed(z.string(), (field, value) => {
    if (!/^\w*$/.test(value)) throw invalid(field, `${JSON.stringify(value)} is no name`);
    return value;
  }),
  ports: defaulted(z.array(z.number()), []),
  inner: absent(z.strictObject({ name: z.string(), words: defaulted(z.array(z.string()), []) })),
  words: defaulted(z.record(z.string(), z.string()), {}),
});

/** The result, or undefined when it was properly rejected. */
function outcome(
  input: unknown,
): { readonly value: z.output<typeof schema>; readonly warnings: readonly string[] } | undefined {
  try {
    return parseConfig(schema, input);
  } catch (error) {
    expect(error).toBeInstanceOf(GivcError);
    expect((error as GivcError).reason).toBe('INVALID_ARGUMENT');
    const lines = (error as GivcError).message.split('\n');
    expect(lines.length).toBeLessThanOrEqual(11);
    for (const line of lines)
      expect(line).toMatch(
        /^((the configuration|(name|ports|inner|words)([.[][^\n]*)?): [^\n]|[^\n]+: unknown key$|and \d+ more mistakes?$)/,
      );
    return undefined;
  }
}

describe('JSON of any shape', () => {
  it('matches the schema, or is rejected with lines that each name a path', () => {
    fc.assert(
      fc.property(json, (input) => {
        const before = JSON.stringify(input);
        const found = outcome(input);
        expect(JSON.stringify(input)).toBe(before);
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
        if (!found) return;
        for (const warning of found.warnings)
          expect(warning).toMatch(/^(\S[^\n]*: unknown key|and \d+ more mistakes?)$/);
        expect(
          Object.keys(found.value)
            .filter((key) => key !== 'inner')
            .sort(),
        ).toEqual(['name', 'ports', 'words']);
        expect(Object.getPrototypeOf(found.value)).toBe(Object.prototype);
        expect(Object.getPrototypeOf(found.value.words)).toBe(Object.prototype);
      }),
      { numRuns: 5000 },
    );
  });

  it.each(odd)('causes one warning with the additional key %j', (key) => {
    const input = JSON.parse(
      `{"name":"a",${JSON.stringify(key)}:{"polluted":1},"inner":{"name":"b",${JSON.stringify(key)}:1}}`,
    ) as unknown;
    const { value, warnings } = parseConfig(schema, input);
    expect(warnings).toHaveLength(2);
    for (const warning of warnings) expect(warning).toMatch(/^[^\n]+: unknown key$/);
    expect(value).toEqual({ name: 'a', ports: [], inner: { name: 'b', words: [] }, words: {} });
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it.each(odd)('is kept unchanged with the key %j in a map with free keys', (key) => {
    const words = JSON.parse(`{${JSON.stringify(key)}:"x"}`) as unknown;
    const found = outcome({ name: 'a', words });
    // zod leaves this one out.
    if (found) expect(Object.entries(found.value.words)).toEqual(key === '__proto__' ? [] : [[key, 'x']]);
    if (key === '__proto__') return;
    expect(outcome({ name: 'a', words: { [key]: 1 } })).toBeUndefined();
  });

  it.each([
    ['nested deeply', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['nested deeply where it is read', `{"name":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}}`],
    ['nested deeply below an unknown key', `{"name":"a","b":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['of many unknown keys', `{"name":"a"${Array.from({ length: 20_000 }, (_, n) => `,"x${n}":1`).join('')}}`],
    ['of many mistakes', `{"name":"a","ports":[${Array.from({ length: 20_000 }, () => 'null').join()}]}`],
    ['of a huge number', '{"name":1e400}'],
    ['of a number with many digits', `{"name":${'9'.repeat(100_000)}}`],
  ])('is accepted, or rejected with at most ten mistakes and the number of the others: %s', (_, text) => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      writeFileSync(join(folder, 'a.json'), text);
      expect(outcome(readJson(join(folder, 'a.json')))?.warnings.length ?? 0).toBeLessThanOrEqual(11);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a file with any content', () => {
  it('is accepted as JSON, or rejected in one line with its name', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    const file = join(folder, 'a.json');
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 50 }),
      fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)),
      json.chain((value) => {
        const text = Buffer.from(JSON.stringify(value));
        return fc.nat(text.length).map((end) => text.subarray(0, end));
      }),
    );
    try {
      fc.assert(
        fc.property(bytes, (content) => {
          writeFileSync(file, content);
          try {
            readJson(file);
          } catch (error) {
            expect(error).toBeInstanceOf(GivcError);
            expect((error as GivcError).message.startsWith(`${file}:`)).toBe(true);
            expect((error as GivcError).message).not.toMatch(/[\n\r]/);
          }
        }),
        { numRuns: 500 },
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
