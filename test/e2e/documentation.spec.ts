// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adminCommand } from '../../apps/admin/src/admin.flags.js';
import { readAgentConfig } from '../../apps/agent/src/agent.config.js';
import { agentFile } from '../../apps/agent/src/agent-file.js';
import { parseConnection } from '../../apps/cli/src/connection/connection.js';

const read = (path: string): string => readFileSync(path, 'utf8');
/** The code blocks of a language, in order. */
const blocksOf = (page: string, language: string): string[] =>
  [...read(page).matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, block]) => block!);
/** The cells of the rows of all tables whose first cell is code. */
const rowsOf = (text: string): string[][] =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split(' | ')
        .map((cell) => cell.replace(/^\| | +\|$/g, '').trim())
        .map((cell) => /^`([^`]+)`$/.exec(cell)?.[1] ?? cell),
    );

interface Schema {
  readonly def: {
    readonly shape?: Readonly<Record<string, Schema>>;
    readonly element?: Schema;
    readonly innerType?: Schema;
    readonly in?: Schema;
    readonly out?: Schema;
    readonly options?: readonly Schema[];
  };
}

/** The paths of all keys of a schema; those of an entry of an array are below the key of the array. */
function keysOf({ def }: Schema, path = ''): string[] {
  const { shape = {}, element, innerType, options = [] } = def;
  const inner = [element, innerType, def.in, def.out, ...options].filter((one) => one !== undefined);
  return [
    ...Object.entries(shape).flatMap(([key, value]) => [`${path}.${key}`, ...keysOf(value, `${path}.${key}`)]),
    ...inner.flatMap((one) => keysOf(one, path)),
  ];
}

/** The paths of all keys of a value; keys of maps with free names are left out. */
function pathsOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => pathsOf(one, path));
  if (typeof value !== 'object' || value === null || path === '.capabilities.policy.policies') return [];
  return Object.entries(value).flatMap(([key, one]) => [`${path}.${key}`, ...pathsOf(one, `${path}.${key}`)]);
}

describe('the documentation of the configuration', () => {
  const [example] = blocksOf('docs/agent-configuration.md', 'json');

  it('has a file of an agent that the agent reads without a mistake', () => {
    const folder = mkdtempSync(join(tmpdir(), 'givc-docs-'));
    try {
      writeFileSync(join(folder, 'agent.json'), example!);
      const { settings, capabilities, warnings } = readAgentConfig(join(folder, 'agent.json'));
      expect(warnings.filter((warning) => !warning.includes('cannot be executed'))).toEqual([]);
      expect(settings.unit).toBe('givc-host.service');
      expect(capabilities.dbusProxy.proxies).toHaveLength(1);
      expect(capabilities.socketProxy.sockets).toHaveLength(4);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names every key of an agent in that file', () => {
    const known = [...new Set(keysOf(agentFile as unknown as Schema))].sort();
    expect(known.length).toBeGreaterThan(80);
    expect([...new Set(pathsOf(JSON.parse(example!)))].sort()).toEqual(known);
  });

  it('has the unit of an agent as packaging/systemd/ has it', () => {
    const settings = (text: string) => text.split('\n').filter((line) => /^[^#\s]/.test(line));
    const [unit] = blocksOf('docs/configuration.md', 'ini');
    expect(settings(unit!)).toEqual(settings(read('packaging/systemd/givc-agent.service')));
  });

  it('lists each flag and variable of the admin with its default', () => {
    const [chapter] = read('docs/configuration.md').split('## An agent');
    const listed = rowsOf(chapter!).map(([flag, variable]) => ({ flag, variable }));
    const options = adminCommand().options.filter(({ long }) => long !== '--version');
    expect(listed).toEqual(options.map(({ flags, envVar = '' }) => ({ flag: flags, variable: envVar })));
    const defaults = new Map(rowsOf(chapter!).map(([flag, , byDefault]) => [flag, byDefault]));
    for (const { flags, defaultValue } of options)
      if (['string', 'number', 'boolean'].includes(typeof defaultValue))
        expect([flags, defaults.get(flags)]).toEqual([flags, String(defaultValue)]);
  });

  it('names each variable that a program reads', () => {
    const sources = ['apps', 'libs'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => /(?<!\.spec|\.fixture)\.ts$/.test(file) && !file.includes('/generated/'))
        .map((file) => join(folder, file)),
    );
    const names = sources.flatMap((file) => [
      ...read(file).matchAll(/\b(?:env|environment)(?:\['|\.)([A-Z][A-Z_]+)\b|\.env\(\s*'([A-Z_]+)'/g),
    ]);
    const found = new Set(names.map(([, inCode, ofOption]) => inCode ?? ofOption!));
    for (const name of ['GIVC_NO_TLS', 'GIVC_AUDIT', 'PATH']) expect(found).toContain(name);
    const pages = read('docs/configuration.md') + read('docs/command-line.md');
    // The build sets the version, and the command line sets the timeout of its resolver.
    const own = ['GIVC_VERSION', 'RES_OPTIONS'];
    expect([...found].filter((name) => !own.includes(name) && !new RegExp(`\\b${name}\\b`).test(pages))).toEqual([]);
  });

  it('lists each flag of the command line beside its variable', () => {
    const chapter = read('docs/command-line.md')
      .split('\n## ')
      .find((text) => text.startsWith('How it reaches'))!;
    const named = rowsOf(chapter).filter(([flag, variable]) => / </.test(flag!) && variable !== '');
    expect(named).toHaveLength(6);
    const files = { cacert: 'ca', cert: 'cert', key: 'key' };
    const example = { addr: '10.0.0.1', port: '9009', name: 'admin-vm', ...files };
    const options = named.map(([flag]) => /^--([a-z]+) /.exec(flag!)![1] as keyof typeof example);
    const variables = named.map(([, variable], at) => [variable!, example[options[at]!]]);
    const expected = parseConnection(example, {});
    expect(parseConnection({}, Object.fromEntries(variables) as Record<string, string>)).toEqual(expected);
    expect(parseConnection(Object.fromEntries(options.map((name) => [name, example[name]])), {})).toEqual(expected);
  });
});

describe('the files around the code', () => {
  const manifest = JSON.parse(read('package.json')) as {
    readonly engines: { readonly node: string };
    readonly scripts: Readonly<Record<string, string>>;
  };

  it('include a README of at most a hundred lines', () => {
    expect(read('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(100);
  });

  it('include an .nvmrc with the oldest Node that package.json permits', () => {
    expect(`>=${read('.nvmrc').trim()}`).toBe(manifest.engines.node);
  });

  it('have a script for each "npm run" of the documentation', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'docs/tour.md', 'docs/mutation.md', 'docs/coverage.md'];
    const named = pages.flatMap((page) => [...read(page).matchAll(/npm run (?:--silent )?([a-z0-9:]+)/g)]);
    expect(named.length).toBeGreaterThan(20);
    expect(named.map(([, script]) => script!).filter((script) => !(script in manifest.scripts))).toEqual([]);
  });
});
