// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run package -- [--arch x64|arm64]... [--into FOLDER] [--fast] [--only-cli]: packages the built programs in
// dist/packages: givc-cli as one executable file, a Debian package, an archive of the same files, and their bill of
// materials. The same sources give the same bytes. --fast compresses less; --only-cli builds only the executable file.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compileDaemons } from '../code-cache/compile-daemons.mjs';
import { billOfMaterials, licences } from './contents.mjs';
import { makeDeb } from './deb.mjs';
import { manualPages } from './manual-pages.mjs';
import { installNode } from './node.mjs';
import { copyNode, makeOneFile } from './one-file.mjs';
import { architectures, epoch, path, read, version } from './release.mjs';
import { filesOf, layOut } from './tree.mjs';

const { values } = parseArgs({
  options: {
    arch: { type: 'string', multiple: true, default: [process.arch] },
    into: { type: 'string', default: path('dist/packages') },
    fast: { type: 'boolean', default: false },
    'only-cli': { type: 'boolean', default: false },
  },
});
const unknown = values.arch.find((arch) => !Object.hasOwn(architectures, arch));
if (unknown !== undefined) throw new Error(`--arch ${unknown}: expected ${Object.keys(architectures).join(' or ')}`);
const into = resolve(values.into);
const say = (line) => process.stderr.write(`${line}\n`);

function settleTimes(root) {
  for (const file of filesOf(root).reverse()) {
    if (statSync(join(root, file)).isDirectory()) chmodSync(join(root, file), 0o755);
    utimesSync(join(root, file), epoch, epoch);
  }
  chmodSync(root, 0o755);
  utimesSync(root, epoch, epoch);
}

/** Writes an archive by tar(1), without the current time and user in it, through gzip(1). */
function makeArchive(folder, output) {
  const tar = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${epoch}`, '--format=gnu'];
  const gzip = `gzip --no-name -${values.fast ? 1 : 9}`;
  execFileSync('tar', [...tar, '-I', gzip, '-cf', output, '-C', join(folder, '..'), basename(folder)]);
}

mkdirSync(into, { recursive: true });
const work = mkdtempSync(join(tmpdir(), 'givc-package-'));
const made = [];
const output = (file) => {
  made.push(file);
  return join(into, file);
};

/** Prepares Node for the architecture, and givc-cli as one file. */
function programsOf(arch, own) {
  const installed = arch === process.arch ? own : installNode(arch);
  const [binary, oneFile] = ['node', 'cli'].map((name) => join(work, `${name}-${arch}`));
  copyNode(join(installed.node, 'bin/node'), arch, binary);
  makeOneFile({ binary, koffi: installed.koffi, arch, own, output: oneFile });
  return { installed, binary, oneFile };
}

/** A folder with the compiled code of the daemons, for the packed Node. */
function compiledDaemons(binary) {
  const folder = join(work, 'compiled');
  mkdirSync(folder);
  compileDaemons(binary, { at: '/usr/lib/givc/lib', into: folder });
  return folder;
}

/** `runnable` is a givc-cli that runs on this machine. */
function pack(arch, { installed, binary, oneFile }, runnable, pages) {
  const name = `givc-${version}-linux-${arch}`;
  const materials = billOfMaterials(arch, installed.node);
  writeFileSync(output(`${name}.cdx.json`), materials);
  const root = join(work, name);
  layOut(root, {
    ...{ arch, node: binary, koffi: installed.koffi, oneFile, runnable, pages, materials },
    // Daemons for another architecture cannot run here to compile their code.
    compiled: arch === process.arch ? compiledDaemons(binary) : undefined,
    licences: licences(arch, installed.node),
  });
  const notes = { INSTALL: read('packaging/INSTALL'), LICENSE: read('LICENSE'), 'CHANGELOG.md': read('CHANGELOG.md') };
  for (const [file, text] of Object.entries(notes)) {
    writeFileSync(join(root, file), text);
    chmodSync(join(root, file), 0o644);
  }
  settleTimes(root);
  makeArchive(root, output(`${name}.tar.gz`));
  for (const file of Object.keys(notes)) rmSync(join(root, file));
  const compression = values.fast ? ['-Zgzip', '-z1'] : ['-Zxz'];
  makeDeb(root, { arch, output: output(`givc_${version}_${architectures[arch]}.deb`), settleTimes, compression });
}

try {
  const own = installNode(process.arch);
  // All architectures are prepared before the first is packed, which takes minutes, so that something missing is
  // reported at once.
  const programs = new Map([process.arch, ...values.arch].map((arch) => [arch, programsOf(arch, own)]));
  const runnable = programs.get(process.arch);
  const pages = values['only-cli'] ? undefined : await manualPages();
  for (const arch of values.arch) {
    say(`Packing ${version} for ${arch} into ${into} ...`);
    cpSync(programs.get(arch).oneFile, output(`givc-cli-${version}-linux-${arch}`));
    if (pages !== undefined) pack(arch, programs.get(arch), runnable.oneFile, pages);
  }
} finally {
  rmSync(work, { recursive: true });
}
const sums = made.sort().map((file) => {
  const content = readFileSync(join(into, file));
  say(`${(content.length / 2 ** 20).toFixed(1).padStart(8)} MiB  ${file}`);
  return `${createHash('sha256').update(content).digest('hex')}  ${file}\n`;
});
writeFileSync(join(into, 'SHA256SUMS'), sums.join(''));
