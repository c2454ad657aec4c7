// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeComponent } from './node.mjs';
import { date, path, version } from './release.mjs';

/** The dependencies that are in the programs, as listed by the build, and Node, each with its folder. */
function contents(arch, node) {
  const folders = JSON.parse(readFileSync(path('dist/bundled.json'), 'utf8'));
  const dependencies = folders.map((folder) => {
    const manifest = JSON.parse(readFileSync(path(`${folder}/package.json`), 'utf8'));
    return { name: manifest.name, version: manifest.version, folder: path(folder) };
  });
  const { version: nodeVersion } = nodeComponent(arch);
  return [...dependencies, { name: 'Node.js', version: nodeVersion, folder: node }];
}

/** The licences of all of them, as one text. */
export function licences(arch, node) {
  const texts = contents(arch, node).map(({ name, version, folder }) => {
    const { license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder)
      .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
      .sort();
    const by = typeof author === 'string' ? author : author?.name;
    const text = files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
    return `${name} ${version}${license ? ` (${license})` : ''}\n\n${text || `Copyright ${by ?? `the authors of ${name}`}.`}\n`;
  });
  return texts.join(`\n${'-'.repeat(79)}\n\n`);
}

/**
 * The bill of materials in the format of CycloneDX: npm's list for the lock file, reduced to what is in the programs.
 * (`npm sbom --omit dev` of npm 11 also leaves out what a development dependency needs, too, such as grpc-js.)
 */
export function billOfMaterials(arch, node) {
  const args = ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'];
  const all = JSON.parse(execFileSync('npm', args, { cwd: path('.'), encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }));
  const inPrograms = new Set(contents(arch, node).map((one) => `${one.name}@${one.version}`));
  const nodeJs = nodeComponent(arch);
  const components = all.components
    .filter((one) => inPrograms.delete(`${one.name}@${one.version}`))
    .map((one) => ({ ...one, properties: [], scope: 'required' }));
  inPrograms.delete(`Node.js@${nodeJs.version}`);
  if (inPrograms.size > 0) throw new Error(`not in package-lock.json: ${[...inPrograms].join(', ')}`);
  const own = { ...all.metadata.component, name: 'givc', version, type: 'application' };
  const refs = new Set([own['bom-ref'], ...components.map((one) => one['bom-ref'])]);
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((one) => refs.has(one)).sort() }));
  dependencies.find(({ ref }) => ref === own['bom-ref'])?.dependsOn.push(nodeJs['bom-ref']);
  const parts = { components: [...components, nodeJs], dependencies };
  // Neither random nor dependent on the time, so that the same build writes the same file.
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const uuid = hash.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-8$3-a$4-$5');
  const metadata = { ...all.metadata, timestamp: date.toISOString(), component: own };
  return `${JSON.stringify({ ...all, serialNumber: `urn:uuid:${uuid}`, metadata, ...parts }, null, 2)}\n`;
}
