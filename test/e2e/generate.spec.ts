// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

describe('the types of the protocol', () => {
  let root: string;
  const path = (...names: string[]) => join(root, ...names);
  const source = path.bind(undefined, 'libs', 'rpc', 'src');
  const generate = () => spawnSync(process.execPath, [path('scripts', 'generate.mjs')], { encoding: 'utf8' });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'givc-generate-'));
    for (const name of ['scripts', 'proto', 'buf.yaml', 'buf.gen.yaml']) cpSync(name, path(name), { recursive: true });
    for (const name of [path('node_modules', '.bin'), source('generated')]) mkdirSync(name, { recursive: true });
    for (const name of ['@bufbuild', 'ts-proto', '.bin/protoc-gen-ts_proto', '.bin/buf'])
      symlinkSync(resolve('node_modules', name), path('node_modules', name));
    writeFileSync(source('generated', 'old.ts'), 'old');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('stay as they are when their generation is killed, and the next one leaves no temporary files', () => {
    const buf = path('node_modules', '.bin', 'buf');
    rmSync(buf);
    const killing =
      `#!/bin/sh\ncd '${root}'; for out in "$3" .; do mkdir -p "$out/libs/rpc/src/generated"; done\n` +
      'rm -f "${3:-.}/libs/rpc/src/generated/old.ts"; kill -KILL $PPID\n';
    writeFileSync(buf, killing, { mode: 0o755 });
    expect(generate().signal).toBe('SIGKILL');
    expect(readFileSync(source('generated', 'old.ts'), 'utf8')).toBe('old');
    rmSync(buf);
    symlinkSync(resolve('node_modules/.bin/buf'), buf);
    expect(generate()).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(source())).toEqual(['generated']);
    expect(readdirSync(source('generated'))).toEqual(expect.arrayContaining(['admin', 'descriptors.ts']));
    expect(readdirSync(source('generated'))).not.toContain('old.ts');
  });
});
