import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { invalid } from '@givc/model';
import { parseConfig, readJson } from './json-config.js';
import { absent, defaulted, parsed } from './schema.js';

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
  it('has its defaults where the file says null or nothing', () => {
    const value = { name: 'a', ports: [{ port: 1 }], listen: undefined, tls: { enable: true } };
    expect(parseConfig(schema, { name: 'a' })).toEqual({ value, warnings: [] });
    expect(parseConfig(schema, { name: 'a', ports: null, listen: null, tls: { enable: null } }).value).toEqual(value);
  });

  it('is refused with every mistake at once, each with its path', () => {
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

  it('is refused when it is no object', () => {
    expect(() => parseConfig(schema, null)).toThrow('the configuration: Invalid input: expected object, received null');
  });

  it('warns of keys that nobody reads, at every depth, and leaves what it was given alone', () => {
    const input = { name: 'a', colour: 'red', tls: { enable: false, depth: 1 } };
    const { value, warnings } = parseConfig(schema, input);
    expect(value.tls).toEqual({ enable: false });
    expect(warnings.toSorted()).toEqual(['colour: nobody reads this key', 'tls.depth: nobody reads this key']);
    expect(input.colour).toBe('red');
  });

  it('names mistakes also beside keys that nobody reads', () => {
    expect(() => parseConfig(schema, { name: 1, colour: 'red', tls: { depth: 1 } })).toThrow(
      /^name: Invalid input: expected string, received number$/,
    );
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

  it('that cannot be read is named', () => {
    expect(() => readJson(join(folder, 'none'))).toThrow(
      expect.objectContaining({
        reason: 'INVALID_ARGUMENT',
        message: expect.stringContaining('none') as string,
      }) as Error,
    );
  });

  it('that is no JSON is named with line and column, in one line', () => {
    expect(() => readJson(file('{"a":1,\n "b": x}\n'))).toThrow(/a\.json:2:7: this is no JSON: "x}"$/);
    expect(() => readJson(file('{"a":1,\n'))).toThrow(/a\.json:2:1: the JSON ends too early$/);
    expect(() => readJson(file(''))).toThrow(/a\.json: the file is empty$/);
  });

  it('that is JSON comes as it is', () => {
    expect(readJson(file('{"a":[1,null]}'))).toEqual({ a: [1, null] });
  });
});
