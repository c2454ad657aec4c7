// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { GivcError, invalid } from '@givc/model';
import { parseConfig, readJson, type Path } from './json-config.js';
import { absent, defaulted, entries, parsed } from './schema.js';

const port = parsed(z.number(), (field, value) => {
  if (value > 65535) throw invalid(field, `${value} is no port`);
  return { port: value };
});
const listen = parsed(z.strictObject({ host: z.string(), port: z.number() }), (field, { host, port }) => {
  if (port > 65535) throw invalid(`${field}.port`, `${port} is no port`);
  return `${host}:${port}`;
});
const schema = z.strictObject({
  name: z.string(),
  ports: defaulted(z.array(port), [1]),
  listen: absent(listen),
  tls: defaulted(z.strictObject({ enable: defaulted(z.boolean(), true) }), {}),
});

describe('a configuration', () => {
  it('has its defaults where the file has null or no value', () => {
    const value = { name: 'a', ports: [{ port: 1 }], listen: undefined, tls: { enable: true } };
    expect(parseConfig(schema, { name: 'a' })).toEqual({ value, given: { name: 'a' }, warnings: [], mistakes: [] });
    expect(parseConfig(schema, { name: 'a', ports: null, listen: null, tls: { enable: null } }).value).toEqual(value);
  });

  it('is rejected with every mistake at once, each with its path', () => {
    const input = { name: 1, ports: [80, 70000, 'x'], listen: { host: 'a', port: 99999 }, tls: { enable: 'yes' } };
    expect(() => parseConfig(schema, input)).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: [
          'name: Invalid input: expected string, received number',
          'ports[1]: 70000 is no port',
          'ports[2]: Invalid input: expected number, received string',
          'listen.port: 99999 is no port',
          'tls.enable: Invalid input: expected boolean, received string',
        ].join('\n'),
      }) as Error,
    );
  });

  it('is rejected with its first ten mistakes and the number of the others', () => {
    const input = { name: 'a', ports: Array.from({ length: 20_000 }, () => 'x') };
    expect(() => parseConfig(schema, input)).toThrow(
      new GivcError(
        'INVALID_ARGUMENT',
        [
          ...Array.from({ length: 10 }, (_, at) => `ports[${at}]: Invalid input: expected number, received string`),
          'and 19990 more mistakes',
        ].join('\n'),
      ),
    );
  });

  it('warns of its first ten unknown keys, and counts the others', () => {
    const input = { name: 'a', tls: Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, 1])) };
    expect(parseConfig(schema, input).warnings).toEqual([
      ...Array.from({ length: 10 }, (_, at) => `tls.k${at}: unknown key`),
      'and 19990 more mistakes',
    ]);
  });

  it('is checked once for each level of unknown keys, however many they are', () => {
    const parse = jest.fn((_field: string, value: number) => value);
    const list = z.strictObject({ numbers: z.array(parsed(z.number(), parse)) });
    const keys = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, 1]));
    parseConfig(list, { numbers: [1, 2, 3], ...keys });
    expect(parse.mock.calls.length).toBeLessThanOrEqual(2 * 3);
  });

  it('is rejected when it is not an object', () => {
    expect(() => parseConfig(schema, null)).toThrow('the configuration: Invalid input: expected object, received null');
  });

  it('warns of unknown keys, at every depth, and does not change its input', () => {
    const input = { name: 'a', colour: 'red', tls: { enable: false, depth: 1 } };
    const { value, warnings } = parseConfig(schema, input);
    expect(value.tls).toEqual({ enable: false });
    expect(warnings.toSorted()).toEqual(['colour: unknown key', 'tls.depth: unknown key']);
    expect(input.colour).toBe('red');
  });

  it('is rejected with its unknown keys after its mistakes, as a mistyped key causes both', () => {
    expect(() => parseConfig(schema, { nmae: 'a', tls: { enable: true, depth: 1 } })).toThrow(
      new GivcError(
        'INVALID_ARGUMENT',
        ['name: it is missing: expected string', 'tls.depth: unknown key', 'nmae: unknown key'].join('\n'),
      ),
    );
  });

  it('is accepted without the parts that may be left out, with the original indices in the warnings', () => {
    const list = z.strictObject({ name: z.string(), ports: entries(port) });
    const omissionOf = ([key, index]: Path) =>
      key === 'ports' ? { path: index === undefined ? [key] : [key, index], consequence: 'it is left out' } : undefined;
    const input = { name: 'a', ports: ['x', 80, { colour: 1 }, 70000, null, 443] };
    expect(parseConfig(list, input, omissionOf)).toEqual({
      value: { name: 'a', ports: [{ port: 80 }, { port: 443 }] },
      given: { name: 'a', ports: [undefined, 80, undefined, undefined, undefined, 443] },
      mistakes: expect.any(Array),
      warnings: [
        'ports[0]: Invalid input: expected number, received string; it is left out',
        'ports[2]: Invalid input: expected number, received Object; it is left out',
        'ports[3]: 70000 is no port; it is left out',
        'ports[4]: Invalid input: expected number, received null; it is left out',
      ],
    });
    expect(parseConfig(list, { name: 'a', ports: {} }, omissionOf).value).toEqual({ name: 'a', ports: [] });
    expect(() => parseConfig(list, { name: 1, ports: ['x'] }, omissionOf)).toThrow(
      new GivcError('INVALID_ARGUMENT', 'name: Invalid input: expected string, received number'),
    );
  });

  it('is rejected when leaving something out does not help', () => {
    const needed = z.strictObject({ name: z.string() });
    const omissionOf = (path: Path) => ({ path, consequence: 'it is left out' });
    expect(() => parseConfig(needed, { name: 1 }, omissionOf)).toThrow('name: it is missing');
  });
});

describe('a file', () => {
  let folder = '';
  const file = (text: string): string => {
    writeFileSync(join(folder, 'a.json'), text);
    return join(folder, 'a.json');
  };
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('may begin with a byte order mark', () => {
    expect(readJson(file('\ufeff{"name":"a"}'))).toEqual({ name: 'a' });
  });

  it('is rejected when two were joined in one file, with the position of the second', () => {
    expect(() => readJson(file('{"name":"a"}\n{"name":"b"}'))).toThrow(
      `a.json:2:1: a second JSON document begins here: were two configurations joined? Each needs a file of its own`,
    );
  });

  it('is named in the error when it cannot be read', () => {
    expect(() => readJson(join(folder, 'none'))).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: expect.stringContaining('none') as string,
      }) as Error,
    );
  });

  it('is rejected with the beginning of long or harmful keys on one line', () => {
    const keys = ['x'.repeat(5_000), `\x9b2J${'-'.repeat(5_000)}`];
    const rejected = () => parseConfig(schema, Object.fromEntries(keys.map((key) => [key, 1])));
    expect(rejected).toThrow(new RegExp(`^\\["x{100}…"\\]: unknown key\n\\["\\\\u009b2J-{97}…"\\]: unknown key$`, 'm'));
    expect(() => readJson(file(`[\x9b2J`))).toThrow(/:1:2: invalid JSON: "\\u009b2J"$/);
  });

  it('has each of two entries left out, even when their long names look alike', () => {
    const byName = z.strictObject({ all: z.record(z.string(), z.optional(z.number())) });
    const all = { [`${'x'.repeat(200)}1`]: 'a', [`${'x'.repeat(200)}2`]: 'b', c: 3 };
    const omissionOf = (path: Path) => ({ path: path.slice(0, 2), consequence: 'it is left out' });
    const { value, warnings } = parseConfig(byName, { all }, omissionOf);
    expect([value, warnings.length]).toEqual([{ all: { c: 3 } }, 2]);
  });

  it('is rejected with line and column, in one line, when it is not JSON', () => {
    expect(() => readJson(file('{"a":1,\n "b": x}\n'))).toThrow(/a\.json:2:7: invalid JSON: "x}"$/);
    expect(() => readJson(file('{"a":1,\n'))).toThrow(/a\.json:2:1: the JSON ends too early$/);
    expect(() => readJson(file(''))).toThrow(/a\.json: the file is empty$/);
  });

  it('is returned unchanged when it is JSON', () => {
    expect(readJson(file('{"a":[1,null]}'))).toEqual({ a: [1, null] });
  });
});
