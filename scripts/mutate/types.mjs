// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

// Mutants that the compiler rejects, such as '' for a value of a union of names, are mistakes that no programmer can
// make, so they do not count. A removed condition or block counts even if only the compiler's narrowing rejects it,
// because a check may be lost. Each mutant is a copy of its file, and all copies are parts of one program. Errors that
// an unmutated copy has, too, do not count.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import { text } from './areas.mjs';
import { digestOf, output } from './build.mjs';

const flow = ['BlockStatement', 'BooleanLiteral', 'ConditionalExpression', 'EqualityOperator', 'LogicalOperator'];
const store = `${output}/types.json`;
/** Errors such as "not used", "never reached" and "always true", for which a mutant is not rejected. */
const harmless = new Set([6133, 6192, 6196, 6198, 6199, 7027, 2869, 2870, 2871, 2872, 2873, 2774]);

const mutated = (source, { start, end, replacement }) =>
  `${source.slice(0, start)}(${replacement})${source.slice(end)}`;

/** The keys of the mutants that the compiler rejects. */
function rejected(mutants) {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config, include: [], files: [] }, ts.sys, '.');
  const copies = new Map();
  const copy = (file, name, content) => {
    const path = resolve(file.replace(/\.ts$/, `.${name}.ts`));
    copies.set(path, content);
    return path;
  };
  const originals = new Map();
  for (const { file } of mutants) if (!originals.has(file)) originals.set(file, copy(file, 'original', text(file)));
  const paths = new Map(
    mutants.map((mutant) => [mutant, copy(mutant.file, mutant.key, mutated(text(mutant.file), mutant))]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => copies.has(path) || fileExists(path);
  host.readFile = (path) => copies.get(path) ?? readFile(path);
  host.getSourceFile = (path, language, ...rest) =>
    copies.has(path) ? ts.createSourceFile(path, copies.get(path), language) : getSourceFile(path, language, ...rest);
  const program = ts.createProgram([...copies.keys()], { ...options, noEmit: true }, host);
  const complaints = (path) => {
    const source = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
      .filter(({ code }) => !harmless.has(code))
      .map(({ code, messageText }) => `${code} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  };
  const usual = new Map([...originals].map(([file, path]) => [file, new Set(complaints(path))]));
  const isRejected = (mutant) =>
    complaints(paths.get(mutant)).some((complaint) => !usual.get(mutant.file).has(complaint));
  return new Set(mutants.filter(isRejected).map(({ key }) => key));
}

/** The mutants that the compiler accepts. The answer for a mutant is kept until its file changes. */
export function accepted(mutants, say) {
  const known = existsSync(store) ? JSON.parse(readFileSync(store, 'utf8')) : {};
  const digests = new Map(mutants.map(({ file }) => [file, digestOf(file)]));
  const isKnown = ({ key, file, mutator }) => flow.includes(mutator) || known[key]?.digest === digests.get(file);
  const missing = mutants.filter((mutant) => !isKnown(mutant));
  if (missing.length > 0) {
    say(`types: ${missing.length} of ${mutants.length} mutants have to be compiled`);
    const wrong = rejected(missing);
    for (const { key, file } of missing) known[key] = { digest: digests.get(file), isRejected: wrong.has(key) };
    mkdirSync(output, { recursive: true });
    writeFileSync(store, JSON.stringify(known));
  }
  return mutants.filter(({ key }) => known[key]?.isRejected !== true);
}
