// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Fails when folders import each other in a cycle, and names the imports that form it. ESLint sees only cycles of
// files. Imports of types count. A file at the top of a package, such as admin.module.ts, is a node of its own. Tests
// and their fixtures do not count. Part of npm run lint.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { libraries } from './libraries.mjs';

const root = new URL('..', import.meta.url).pathname;
const packages = ['apps/admin', 'apps/agent', 'apps/cli', ...libraries.map((name) => `libs/${name}`)];

const isCode = (name) => name.endsWith('.ts') && !/\.(spec|fixture)\.ts$/.test(name);
const filesOf = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter(isCode)
    .map((name) => `${folder}/${name}`);

/** The file that an import names; undefined for a file of a dependency. */
function resolved(from, specifier) {
  const library = /^@givc\/(\w+)$/.exec(specifier)?.[1];
  if (library !== undefined) return `libs/${library}/src/index.ts`;
  if (!specifier.startsWith('.')) return undefined;
  const path = relative(root, resolve(root, dirname(from), specifier.replace(/\.js$/, '.ts')));
  return existsSync(join(root, path)) ? path : undefined;
}

/** The folder of a file; the file itself at the top of its package. */
const nodeOf = (file) => (/^(apps|libs)\/[^/]+\/src\/[^/]+$/.test(file) ? file : dirname(file));

/** For each node the nodes that it imports, with one import of each as `FILE imports FILE`. */
const graph = new Map();
for (const file of packages.flatMap((name) => filesOf(`${name}/src`))) {
  const from = nodeOf(file);
  if (!graph.has(from)) graph.set(from, new Map());
  for (const { fileName } of ts.preProcessFile(readFileSync(join(root, file), 'utf8')).importedFiles) {
    const target = resolved(file, fileName);
    const to = target && nodeOf(target);
    if (to === undefined || to === from) continue;
    const imports = graph.get(from).get(to) ?? [];
    graph.get(from).set(to, [...imports, `${file} imports ${target}`]);
  }
}

/** The shortest way from one node back to itself, as its nodes; undefined when there is none. */
function cycleOf(start) {
  const before = new Map();
  const queue = [start];
  for (const node of queue)
    for (const next of graph.get(node)?.keys() ?? []) {
      if (next === start) {
        const way = [node];
        while (way[0] !== start) way.unshift(before.get(way[0]));
        return way;
      }
      if (before.has(next)) continue;
      before.set(next, node);
      queue.push(next);
    }
  return undefined;
}

const reported = new Set();
for (const start of [...graph.keys()].sort()) {
  const cycle = cycleOf(start);
  const key = cycle?.slice().sort().join(' ');
  if (!cycle || reported.has(key)) continue;
  reported.add(key);
  console.error(`folders import each other: ${[...cycle, start].join(' -> ')}`);
  for (const [index, node] of cycle.entries())
    for (const line of graph.get(node).get(cycle[index + 1] ?? start)) console.error(`  ${line}`);
}
if (reported.size > 0) process.exitCode = 1;
