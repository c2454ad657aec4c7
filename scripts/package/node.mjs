// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { path } from './release.mjs';

const lock = JSON.parse(readFileSync(path('packaging/node/package-lock.json'), 'utf8'));
const nameOf = (arch) => `node_modules/node-linux-${arch}`;

/** A component of CycloneDX, from an entry of the lock file. */
export function nodeComponent(arch) {
  const { version, integrity } = lock.packages[nameOf(arch)];
  return {
    ...{ 'bom-ref': `node-linux-${arch}@${version}`, type: 'platform', name: 'node', version, scope: 'required' },
    purl: `pkg:npm/node-linux-${arch}@${version}`,
    hashes: [{ alg: 'SHA-512', content: Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex') }],
    licenses: [{ license: { id: 'MIT' } }],
  };
}

/**
 * Installs, by npm, the packages that packaging/node/package-lock.json pins with their checksums, and returns where
 * they are: Node for an architecture, koffi's native code, and the tool that puts a program into Node's binary. They
 * are not dependencies of the project itself, because npm would then prefer their `node` to the system's in every
 * script of package.json.
 */
export function installNode(arch) {
  const folder = path(`dist/node/${arch}`);
  const installed = {
    node: join(folder, nameOf(arch)),
    koffi: join(folder, `node_modules/@koromix/koffi-linux-${arch}/linux_${arch}/koffi.node`),
    postject: join(folder, 'node_modules/postject'),
  };
  const manifest = join(installed.node, 'package.json');
  if (
    existsSync(manifest) &&
    JSON.parse(readFileSync(manifest, 'utf8')).version === lock.packages[nameOf(arch)].version
  )
    return installed;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(path(`packaging/node/${file}`), join(folder, file));
  const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--os=linux', `--cpu=${arch}`];
  execFileSync('npm', ['ci', '--silent', ...options], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
  if (!existsSync(manifest)) throw new Error(`npm has not installed node-linux-${arch}`);
  return installed;
}
