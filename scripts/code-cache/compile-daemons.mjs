// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// The compiled code of givc-admin and givc-agent: what V8 compiles for their start and their first calls. A daemon that
// starts from it needs a fifth less CPU time for its start, and a quarter less for its first call, and less memory,
// because nothing is compiled lazily. The same sources and the same Node give the same bytes.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../..', import.meta.url).pathname;

/** Runs a program of Node; throws an error with its output when it fails. */
function run(node, args) {
  const limits = { timeout: 120_000, encoding: 'utf8' };
  const { status, stdout, stderr, error } = spawnSync(node, args, { env: { PATH: process.env.PATH }, ...limits });
  if (error || status !== 0) throw new Error(`${node} ${args.join(' ')}: ${error?.message ?? stderr + stdout}`);
}

/** V8's options of a built program, from its first line: V8 accepts compiled code only with the same ones. */
const flagsOf = (name) =>
  readFileSync(join(root, `dist/bin/${name}`), 'utf8')
    .split('\n', 1)[0]
    .split(' ')
    .filter((word) => word.startsWith('--'));

/** Certificates for 127.0.0.1 in a folder for each name, as the built givc-cli issues them. */
function issueCertificates(folder, names) {
  const certs = (...args) => run(process.execPath, [join(root, 'dist/bin/givc-cli'), 'certs', ...args]);
  const authority = join(folder, 'authority');
  certs('authority', authority);
  for (const name of names)
    certs('issue', name, '--ip', '127.0.0.1', '--authority', authority, '--out', join(folder, name));
}

/**
 * Runs the built daemons by `node`, and writes `into/NAME.cache` for bundles that will be in the folder `at`. Throws
 * when a daemon does not start or does not answer, or when V8 rejects its compiled code.
 */
export function compileDaemons(node, { at, into }) {
  const folder = mkdtempSync(join(tmpdir(), 'givc-code-'));
  try {
    issueCertificates(folder, ['admin-vm', 'net-vm']);
    for (const daemon of ['admin', 'agent']) {
      const name = `givc-${daemon}`;
      const [bundle, cache] = [join(root, `dist/lib/${name}.cjs`), join(into, `${name}.cache`)];
      const program = (file) => join(root, 'scripts/code-cache', file);
      const flags = flagsOf(name);
      const files = [bundle, join(at, `${name}.cjs`), cache];
      run(node, ['--predictable', ...flags, program('main.cjs'), daemon, ...files, folder]);
      run(node, [...flags, program('accepted.cjs'), bundle, cache]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}
