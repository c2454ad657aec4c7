// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// npm run package -- [--arch x64|arm64]... [--into FOLDER] [--fast]: of what is built, makes in dist/packages givc-cli as
// one executable file, a Debian package, an archive of the same files, and their bill of materials. The same sources make
// the same bytes. --fast compresses less.
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

/** tar(1) with neither this moment nor this user in it, through gzip(1). */
function makeArchive(folder, output) {
  const tar = ['--sort=name', '--owner=0', '--group=0', '--numeric-owner', `--mtime=@${epoch}`, '--format=gnu'];
  const gzip = `gzip --no-name -${values.fast ? 1 : 9}`;
  execFileSync('tar', [...tar, '-I', gzip, '-cf', output, '-C', join(folder, '..'), basename(folder)]);
}

mkdirSync(into, { recursive: true });
const pages = await manualPages();
const work = mkdtempSync(join(tmpdir(), 'givc-package-'));
const made = [];
try {
  const own = installNode(process.arch);
  /** Node for the architecture, and givc-cli as one file. */
  const programsOf = (arch) => {
    const installed = arch === process.arch ? own : installNode(arch);
    const [binary, output] = ['node', 'cli'].map((name) => join(work, `${name}-${arch}`));
    copyNode(join(installed.node, 'bin/node'), arch, binary);
    makeOneFile({ binary, arch, own, output });
    return { installed, binary, output };
  };
  const runnable = programsOf(process.arch);
  for (const arch of values.arch) {
    const name = `givc-${version}-linux-${arch}`;
    say(`Packing ${name} into ${into} ...`);
    const { installed, binary, output } = arch === process.arch ? runnable : programsOf(arch);
    const materials = billOfMaterials(arch, installed.node);
    const root = join(work, name);
    layOut(root, {
      ...{ arch, node: binary, koffi: installed.koffi, oneFile: output, runnable: runnable.output, pages, materials },
      licences: licences(arch, installed.node),
    });
    cpSync(path('packaging/INSTALL'), join(root, 'INSTALL'));
    for (const file of ['LICENSE', 'CHANGELOG.md']) writeFileSync(join(root, file), read(file));
    settleTimes(root);
    makeArchive(root, join(into, `${name}.tar.gz`));
    for (const file of ['INSTALL', 'LICENSE', 'CHANGELOG.md']) rmSync(join(root, file));

    cpSync(output, join(into, `givc-cli-${version}-linux-${arch}`));
    writeFileSync(join(into, `${name}.cdx.json`), materials);
    const deb = `givc_${version}_${architectures[arch]}.deb`;
    const compression = values.fast ? ['-Zgzip', '-z1'] : ['-Zxz'];
    makeDeb(root, { arch, output: join(into, deb), settleTimes, compression });
    made.push(`${name}.tar.gz`, `givc-cli-${version}-linux-${arch}`, `${name}.cdx.json`, deb);
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
