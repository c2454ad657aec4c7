// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// givc-cli as one executable file: a copy of Node's binary with a snapshot of the program, and Cedar in it
// (https://nodejs.org/docs/latest-v24.x/api/single-executable-applications.html).
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { path, read } from './release.mjs';

const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** The prefixes of the GNU tools for another architecture. */
const gnuNames = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

/** Otherwise Node parses 150 authorities of the web when it loads TLS, none of which the command line trusts. */
const flags = ['--use-openssl-ca'];

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

/** The start of a command line that runs a program without random addresses, which a snapshot contains. */
function withFixedAddresses() {
  const command = ['setarch', '--addr-no-randomize'];
  const { status } = spawnSync(command[0], [...command.slice(1), 'true']);
  if (status === 0) return command;
  process.stderr.write('setarch(8) cannot fix addresses here, so the bytes of givc-cli differ from build to build\n');
  return [];
}

/** Makes what is put into Node's binary, the same each time, and returns its file in the folder. */
function makeBlob(node, folder, settings) {
  const main = join(folder, 'givc-cli.cjs');
  const parameters = 'exports, require, module, __filename, __dirname';
  const bundle = readFileSync(path('dist/lib/givc-cli.cjs'), 'utf8');
  writeFileSync(main, `${read('packaging/one-file.cjs')}\nfunction program(${parameters}) {${bundle}\n}\n`);
  // The path of the program and Node's arguments are in the executable.
  const own = { main: '/proc/self/cwd/givc-cli.cjs', output: 'blob', disableExperimentalSEAWarning: true };
  writeFileSync(join(folder, 'sea.json'), JSON.stringify({ ...own, ...settings }));
  const fixed = ['--predictable', '--random-seed=1', '--experimental-sea-config', 'sea.json'];
  const [program, ...args] = [...withFixedAddresses(), node, ...fixed];
  run(program, args, { cwd: folder, env: { PATH: process.env.PATH, TZ: 'UTC' } });
  return join(folder, 'blob');
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
      'cedar_wasm.js': path('dist/lib/cedar/cedar_wasm.js'),
      'cedar_wasm_bg.wasm': path('dist/lib/cedar/cedar_wasm_bg.wasm'),
      'koffi.cjs': path('dist/lib/koffi/koffi.cjs'),
      'koffi.node': koffi,
    };
    const blob = makeBlob(node, folder, {
      // A program for another architecture cannot run here to make its snapshot.
      useSnapshot: arch === process.arch,
      execArgv: flags,
      // NODE_OPTIONS could load other files.
      execArgvExtension: 'none',
      assets,
    });
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
