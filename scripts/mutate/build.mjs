// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Compiles the code with all mutants in it, each behind a switch (Stryker's instrumenter), as CommonJS under `code`.
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { transformSync } from '@swc/core';
import { isMutated, projectFiles, text } from './areas.mjs';
import { ignorer } from './ignored.mjs';

export const output = 'dist/mutation';
const code = `${output}/code`;
/** The path of a file's compiled script. It keeps its name, because tests look for it in stack traces. */
export const codeOf = (file) => resolve(code, file);
const silent = { debug() {}, info() {}, warn: console.warn, error: console.error, isDebugEnabled: () => false };

const compiled = (file, source) =>
  transformSync(source, {
    filename: file,
    configFile: false,
    swcrc: false,
    sourceMaps: false,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    },
    module: { type: 'commonjs' },
  }).code;
const library = /require\("@givc\/([a-z]+)"\)/g;
const neighbour = /require\("(\.[^"]+)\.js"\)/g;
function linked(file, script) {
  const up = relative(dirname(file), '.');
  const own = { __dirname: resolve(dirname(file)), __filename: resolve(file) };
  const named = Object.entries(own).filter(([name]) => script.includes(name));
  const here = named.map(([name, value]) => `var ${name} = ${JSON.stringify(value)};\n`).join('');
  return (
    here +
    script
      .replace(library, (_, name) => `require("${up}/libs/${name}/src/index.js")`)
      .replace(neighbour, (_, name) => `require("${name}.ts")`)
  );
}

const position = (source, { line, column }) => {
  let offset = 0;
  for (let i = 0; i < line; i++) offset = source.indexOf('\n', offset) + 1;
  return offset + column;
};
/** Names a mutant by what it changes, so that the name stays when lines above it change. */
function named(mutants, sources) {
  const counts = new Map();
  return mutants.map(({ id, fileName, location, mutatorName, replacement, statusReason }) => {
    const source = sources.get(fileName);
    const [start, end] = [position(source, location.start), position(source, location.end)];
    const original = source.slice(start, end);
    const what = [fileName, mutatorName, original, replacement].join('\0');
    const count = (counts.get(what) ?? 0) + 1;
    counts.set(what, count);
    const key = sha256(`${what}\0${count}`).slice(0, 16);
    const [line, column] = [location.start.line + 1, location.start.column + 1];
    return {
      ...{ id, key, file: fileName, line, column, start, end, mutator: mutatorName, original, replacement },
      ignored: statusReason,
    };
  });
}

/** Returns the mutants of all areas, and the compiled text of each file. */
export async function build() {
  const files = projectFiles();
  const sources = new Map(files.filter(isMutated).map((file) => [file, text(file)]));
  const instrumented = await new Instrumenter(silent).instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    { plugins: null, ignorers: [ignorer], excludedMutations: [], noHeader: false },
  );
  const mutated = new Map(instrumented.files.map(({ name, content }) => [name, content]));
  rmSync(code, { recursive: true, force: true });
  const scripts = new Map();
  for (const file of files) {
    const script = linked(file, compiled(file, mutated.get(file) ?? text(file)));
    mkdirSync(dirname(codeOf(file)), { recursive: true });
    writeFileSync(codeOf(file), script);
    scripts.set(file, script);
  }
  writeFileSync(`${code}/package.json`, '{ "type": "commonjs" }\n');
  return { mutants: named(instrumented.mutants, sources), scripts };
}

const sha256 = (value) => createHash('sha256').update(value).digest('hex');
export const digestOf = (file) => sha256(text(file));

/** The files of this repository that each file requires, itself included, and a digest of them. */
export function requirements(scripts) {
  const required = new Map();
  for (const [file, script] of scripts) {
    const names = [...script.matchAll(/require\("(\.[^"]+\.ts)"\)/g)];
    required.set(
      file,
      names.map(([, name]) => relative('.', resolve(dirname(file), name))),
    );
  }
  const own = new Map([...scripts.keys()].map((file) => [file, digestOf(file)]));
  const reach = (file) => {
    const reached = new Set([file]);
    for (const each of reached) for (const next of required.get(each) ?? []) reached.add(next);
    return [...reached].sort();
  };
  const digest = (file) =>
    sha256(
      reach(file)
        .map((each) => `${each} ${own.get(each)}`)
        .join('\n'),
    );
  return { reach, digest };
}
