// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// An esbuild plugin that turns nest-commander, and the package by which it finds commands, into ES modules. esbuild
// includes everything that a CommonJS module imports, which was all of Nest. Guarded by the build itself, which fails
// when a file of these packages contains a statement that is not replaced.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The statements that TypeScript writes in CommonJS modules, and those of ES modules that do the same. */
const statements = [
  [/^"use strict";$/gm, ''],
  [/^Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);$/gm, ''],
  [/^exports\.[\w$. =]+ = void 0;$/gm, ''],
  // The helpers of TypeScript; `this` is undefined in an ES module.
  [/\(this && this\.\w+\) \|\|/g, ''],
  [/\bthis && this\.\w+ \|\|/g, ''],
  [/^var __(createBinding|setModuleDefault|importStar|exportStar) = [^]*?^\}\)?(\(\))?;$/gm, ''],
  [/^\}\) : function\(o, v\) \{\n {4}o\["default"\] = v;\n\}\);$/gm, ''],
  [/^__exportStar\(require\((".*?")\), exports\);$/gm, 'export * from $1;'],
  [/^(?:const|var) (\w+) = (?:__importStar\()?require\((".*?")\)\)?;$/gm, 'import * as $1 from $2;'],
  [
    /^Object\.defineProperty\(exports, "(\w+)", \{ enumerable: true, get: function \(\) \{ return (.*?); \} \}\);$/gm,
    'export const $1 = $2;',
  ],
  [/^exports\.(\w+) = \1;$/gm, 'export { $1 };'],
  [/^exports\.(\w+) = \1 = /gm, '$1 = '],
  [/^exports\.(\w+) = /gm, 'export const $1 = '],
  [/\bexports\.(\w+)/g, '$1'],
];

/** Opens the standard streams, which takes time, for questions that no command asks. */
const streams = ['input: process.stdin,\n    output: process.stdout,', ''];

function asModule(file) {
  const text = statements.reduce((done, [from, to]) => done.replace(from, to), readFileSync(file, 'utf8'));
  const left = /^.*(\bexports\b(?!:)|^\w.* require\(|__createBinding|__importStar).*$/m.exec(text)?.[0];
  if (left !== undefined) throw new Error(`${file} is not the CommonJS module that was expected: ${left}`);
  if (!file.endsWith('/command-runner.module.js')) return text;
  if (!text.includes(streams[0])) throw new Error(`${file} does not open the standard streams: remove this step`);
  return text.replace(...streams);
}

export const leanCommander = {
  name: 'lean-commander',
  setup(bundle) {
    const filter = /\/node_modules\/(nest-commander|@golevelup\/nestjs-discovery)\/.*\.js$/;
    bundle.onLoad({ filter }, ({ path }) => ({ contents: asModule(path), resolveDir: dirname(path) }));
  },
};
