// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { adminCommand } from '../../apps/admin/src/admin.flags.js';
import { agentCommand } from '../../apps/agent/src/agent.flags.js';
import { pack, type Packed } from './packed.js';
import { checkout } from './plan.js';
import { output } from './run.js';

const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { readonly version: string };

/** The names in a page of help: subcommands and options. */
const commandsIn = (help: string): string[] =>
  [...(help.split('\nCommands:\n')[1] ?? '').split('\n\n')[0]!.matchAll(/^ {2}([a-z][\w-]+)/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help');
const flagsIn = (help: string): string[] => help.match(/(?<=^ {2}(?:-\w, )?)--[\w-]+/gm) ?? [];

describe('what npm run package makes', () => {
  let folder: string;
  let packed: Packed;
  const file = (name: string) => join(folder, 'files', name);
  const page = (name: string) =>
    gunzipSync(readFileSync(file(`usr/share/man/man${name.at(-1)}/${name}.gz`)))
      .toString()
      .replaceAll('\\-', '-');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-packed-'));
    packed = await pack(join(folder, 'packed'));
    await output(['dpkg-deb', '--extract', packed.deb, file('')]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the same bytes when it is made again', async () => {
    const again = await pack(join(folder, 'again'));
    const sums = ({ folder }: Packed) => readFileSync(join(folder, 'SHA256SUMS'), 'utf8').split('\n');
    expect(sums(again)).toEqual(sums(packed));
  });

  it('has what runs, without sources, maps, tests and tools, and with nothing of this machine in it', async () => {
    const names = (await output(['tar', '-tzf', packed.archive]))
      .split('\n')
      .map((name) => name.replace(/^[^/]+\//, ''));
    expect(names).toEqual(expect.arrayContaining(['INSTALL', 'LICENSE', 'usr/bin/givc-cli', 'usr/lib/givc/node']));
    expect(names.filter((name) => /\.(ts|mts|map|tsbuildinfo)$|spec|node_modules|typescript/.test(name))).toEqual([]);
    const code = names.filter((name) => /^usr\/lib\/givc\/.*[^/]$/.test(name));
    expect(code.map((name) => name.slice('usr/lib/givc/'.length)).sort()).toEqual([
      ...['bin/givc-admin', 'bin/givc-agent', 'lib/cedar/cedar_wasm.js', 'lib/cedar/cedar_wasm_bg.wasm'],
      ...['lib/givc-admin.cache', 'lib/givc-admin.cjs', 'lib/givc-agent.cache', 'lib/givc-agent.cjs'],
      'lib/koffi/koffi.cjs',
      ...[`lib/koffi/linux_${process.arch}/koffi.node`, 'lib/prom-client.cjs', 'lib/start.cjs', 'node', 'package.json'],
    ]);
    for (const name of ['usr/bin/givc-cli', ...code])
      expect([name, readFileSync(file(name)).includes(checkout)]).toEqual([name, false]);
  });

  it('has a bill of materials with each dependency that is in the programs, and Node', () => {
    const { components, metadata } = JSON.parse(readFileSync(file('usr/share/doc/givc/sbom.cdx.json'), 'utf8')) as {
      readonly metadata: { readonly component: { readonly version: string } };
      readonly components: readonly { readonly name: string; readonly version: string }[];
    };
    const listed = components.map(({ name, version }) => `${name}@${version}`);
    const bundled = JSON.parse(readFileSync(join(checkout, 'dist/bundled.json'), 'utf8')) as readonly string[];
    const expected = bundled.map((folder) => {
      const manifest = JSON.parse(readFileSync(join(checkout, folder, 'package.json'), 'utf8')) as Record<
        string,
        string
      >;
      return `${manifest['name']}@${manifest['version']}`;
    });
    expect(expected.filter((one) => !listed.includes(one))).toEqual([]);
    expect(expected.some((one) => one.startsWith('@nestjs/microservices@'))).toBe(true);
    expect(listed.filter((one) => one.startsWith('node@24.'))).toHaveLength(1);
    expect(listed.filter((one) => /^(typescript|jest|esbuild)@/.test(one))).toEqual([]);
    expect(metadata.component.version).toBe(version);
  });

  it('has a manual page of givc-cli with each command and flag of its help', async () => {
    const manual = page('givc-cli.1');
    const sectionOf = (path: string) => manual.split(`\n.SS "givc-cli ${path} `)[1]?.split(/\n\.S[SH] /)[0];
    let flags = 0;
    const missing: string[] = [];
    const look = async (path: readonly string[]): Promise<void> => {
      const help = await output([packed.cli, ...path, '--help']);
      const below = commandsIn(help);
      for (const name of below) await look([...path, name]);
      if (below.length > 0) return;
      const section = sectionOf(path.join(' '));
      for (const flag of flagsIn(help.split('\nGlobal Options:')[0]!)) {
        flags++;
        if (!section?.includes(`\n.B `) || !new RegExp(`^\\.B .*${flag}\\b`, 'm').test(section))
          missing.push(`${path.join(' ')} ${flag}`);
      }
    };
    await look([]);
    expect(missing).toEqual([]);
    expect(flags).toBeGreaterThan(60);
    const root = manual.split('.SH COMMANDS')[0]!;
    for (const flag of flagsIn(await output([packed.cli, '--help']))) expect(root).toContain(`${flag}`);
    expect(manual).toContain(`"GIVC ${version}"`);
  });

  it.each([
    ['givc-admin.8', adminCommand],
    ['givc-agent.8', agentCommand],
  ])('has a manual page with each flag and variable of the daemon: %s', (name, command) => {
    const manual = page(name);
    const { options } = command();
    expect(options.length).toBeGreaterThan(6);
    for (const { flags, envVar } of options) {
      expect(manual).toContain(`\n.B ${flags}\n`);
      if (envVar !== undefined) expect(manual).toContain(`variable: ${envVar})`);
    }
    expect(manual).toContain(`"GIVC ${version}"`);
  });

  it('has manual pages that man(1) shows without a warning', async () => {
    for (const name of ['givc-cli.1', 'givc-admin.8', 'givc-agent.8']) {
      const path = file(`usr/share/man/man${name.at(-1)}/${name}.gz`);
      const warnings = await output([
        'sh',
        '-c',
        `zcat ${path} | LC_ALL=C.UTF-8 groff -Kutf8 -man -ww -Tutf8 2>&1 >/dev/null`,
      ]);
      expect(warnings).toBe('');
    }
  });

  it('has an example of the variables of the admin with all of them', () => {
    const example = readFileSync(file('usr/share/doc/givc/examples/admin.env'), 'utf8');
    const named = [...example.matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name!);
    const variables = adminCommand().options.flatMap(({ envVar }) => envVar ?? []);
    expect(named.sort()).toEqual(variables.sort());
  });

  it('has completions that the program prints itself', async () => {
    const files = {
      bash: 'usr/share/bash-completion/completions/givc-cli',
      zsh: 'usr/share/zsh/vendor-completions/_givc-cli',
      fish: 'usr/share/fish/vendor_completions.d/givc-cli.fish',
    };
    for (const [shell, name] of Object.entries(files))
      expect(readFileSync(file(name), 'utf8').trim()).toBe((await output([packed.cli, 'completion', shell])).trim());
  });
});
