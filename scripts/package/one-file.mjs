// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// givc-cli as one executable file: a copy of Node's binary with the program, its compiled code and Cedar in it
// (https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html).
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path } from './release.mjs';

const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The prefixes of the GNU tools for another architecture. */
const gnuNames = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** V8's options for a program that ends at once: a young generation that it hardly fills, and never collects. */
const flags = ['--min-semi-space-size=16'];

/** Runs a program; throws an error with its output when it fails. */
function run(program, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', ...options });
  if (error || status !== 0) throw new Error(`${program} ${args.join(' ')}: ${error?.message ?? stderr + stdout}`);
  return stdout;
}

/** Node's binary without the names of its functions, which only debuggers read. */
export function copyNode(binary, arch, file) {
  cpSync(binary, file);
  chmodSync(file, 0o755);
  const strip = arch === process.arch ? 'strip' : `${gnuNames[arch]}-strip`;
  try {
    execFileSync(strip, ['--strip-unneeded', '--remove-section=.comment', file]);
  } catch (error) {
    if (error.code === 'ENOENT') {
      const name = arch === process.arch ? 'binutils' : `binutils-${gnuNames[arch].replace('_', '-')}`;
      throw new Error(`${strip} is missing: install binutils for ${arch} (Debian: ${name})`, { cause: error });
    }
    throw error;
  }
}

/**
 * The code that a first run has compiled. V8 accepts it only from the same version, so the packed Node compiles it;
 * `--predictable` makes it the same each time.
 */
function compiledCode(node, folder) {
  const cache = join(folder, 'givc-cli.cache');
  const warmUp = ['--notls', '--addr', '/nonexistent/admin.sock', 'query'];
  const compile = [path('scripts/package/compile.cjs'), path('dist/lib/givc-cli.cjs'), cache];
  const { stderr } = spawnSync(node, ['--predictable', ...flags, ...compile, ...warmUp], {
    env: { PATH: process.env.PATH },
    encoding: 'utf8',
  });
  if (!existsSync(cache) || !stderr.startsWith('givc-cli: ')) throw new Error(`givc-cli does not start: ${stderr}`);
  return cache;
}

/**
 * Writes the executable `output`; `binary` is that of `copyNode`, `koffi` its native code, and `own` is Node for this
 * machine (`installNode`).
 */
export function makeOneFile({ binary, koffi, arch, own, output }) {
  const folder = mkdtempSync(join(tmpdir(), 'givc-one-file-'));
  try {
    const node = join(own.node, 'bin/node');
    const assets = {
      'givc-cli.cjs': path('dist/lib/givc-cli.cjs'),
      'cedar_wasm.js': path('dist/lib/cedar/cedar_wasm.js'),
      'cedar_wasm_bg.wasm': path('dist/lib/cedar/cedar_wasm_bg.wasm'),
      'koffi.cjs': path('dist/lib/koffi/koffi.cjs'),
      'koffi.node': koffi,
      // A program for another architecture cannot run here to compile its code.
      ...(arch === process.arch && { 'givc-cli.cache': compiledCode(node, folder) }),
    };
    const blob = join(folder, 'blob');
    const settings = {
      // A relative path, because it is in the executable.
      main: 'packaging/one-file.cjs',
      output: blob,
      disableExperimentalSEAWarning: true,
      execArgv: flags,
      // NODE_OPTIONS could load other files.
      execArgvExtension: 'none',
      assets,
    };
    writeFileSync(join(folder, 'sea.json'), JSON.stringify(settings));
    run(node, ['--experimental-sea-config', join(folder, 'sea.json')], { cwd: path('.') });
    const program = join(folder, 'givc-cli');
    cpSync(binary, program);
    const inject = `const [api, file, blob] = process.argv.slice(1);
      require(api).inject(file, 'NODE_SEA_BLOB', require('node:fs').readFileSync(blob), { sentinelFuse: '${fuse}' });`;
    run(node, ['-e', inject, join(own.postject, 'dist/api.js'), program, blob]);
    if (arch === process.arch) run(program, ['--version']);
    cpSync(program, output);
    chmodSync(output, 0o755);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
