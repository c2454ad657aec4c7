// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { generateDtsBundle } from 'dts-bundle-generator';
import ts from 'typescript';

const path = (name) => new URL(`../${name}`, import.meta.url).pathname;
const importedBy = (text) => ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName);

/**
 * Writes the types of a library into one file, and returns the names of the modules that they import. Throws when the
 * types, or the first example of the library's README, which is checked with them, have errors.
 */
export function writeTypes(library, folder) {
  const [types] = generateDtsBundle(
    [{ filePath: join(library, 'src/index.ts'), output: { noBanner: true, exportReferencedTypes: false } }],
    { preferredConfigPath: path('scripts/tsconfig.packages.json') },
  );
  writeFileSync(join(folder, 'index.d.ts'), types);
  const mistakes = mistakesOf(library, types);
  if (mistakes.length === 0) return importedBy(types);
  const host = { getCanonicalFileName: (one) => one, getCurrentDirectory: () => path('.'), getNewLine: () => '\n' };
  throw new Error(`the types of ${library} have mistakes:\n${ts.formatDiagnostics(mistakes, host)}`);
}

/** The types of each package so far, by its name: an example may import earlier packages. */
const written = new Map();

/** Compiles the types and the example in a folder of this project, where the imported modules are found. */
function mistakesOf(library, types) {
  mkdirSync(path('dist'), { recursive: true });
  const folder = mkdtempSync(path('dist/types-'));
  try {
    written.set(`@givc/${basename(library)}`, types);
    const fileOf = (name) => join(folder, `${basename(name)}.d.ts`);
    for (const [name, text] of written) writeFileSync(fileOf(name), text);
    const example = join(folder, 'example.mts');
    writeFileSync(example, /```js\n(.*?)```/s.exec(readFileSync(join(library, 'README.md'), 'utf8'))[1]);
    const program = ts.createProgram([fileOf(library), example], {
      ...{ strict: true, noEmit: true, types: ['node'], skipDefaultLibCheck: true },
      ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext },
      paths: Object.fromEntries([...written.keys()].map((name) => [name, [fileOf(name)]])),
    });
    return ts.getPreEmitDiagnostics(program);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
