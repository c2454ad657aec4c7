// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import * as z from 'zod/mini';
import { en } from 'zod/locales';
import { GivcError, systemErrorText, quoted } from '@givc/model';
import { offsetOfMistake } from './json-mistake-offset.js';
import { listMistakes } from './list-mistakes.js';
import { withoutMark } from './byte-order-mark.js';
import { readText } from './read-text.js';

z.config({
  ...en(),
  /** A missing key is reported as missing; JSON has no undefined. */
  customError: (issue) =>
    issue.code === 'invalid_type' && issue.input === undefined
      ? `it is missing: expected ${issue.expected}`
      : undefined,
});

export interface Parsed<Value> {
  readonly value: Value;
  /** A copy of the input without unknown keys and what was left out; such an element of an array is undefined. */
  readonly given: unknown;
  /** The unknown keys and what was left out, with their paths, as `listMistakes` lists them. */
  readonly warnings: readonly string[];
  /** Those warnings that are about what was left out, without that consequence. */
  readonly mistakes: readonly string[];
}

/** The keys and indices of a value in a configuration. */
export type Path = readonly PropertyKey[];

/** The part that is left out because of a mistake, instead of rejecting the whole configuration. */
export interface Omission {
  /** The path that is left out: a key, or an element of an array that the schema declares as `entries`. */
  readonly path: Path;
  /** The end of the warning: `this entry is left out`. */
  readonly consequence: string;
}

const plainKey = /^[A-Za-z_][\w-]{0,99}$/;

/** `capabilities.applications[2].args[0]`; keys that would be ambiguous are quoted: `policies["a.b"]`. */
const formatPath = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key !== 'string' || !plainKey.test(key))
      return `${text}[${typeof key === 'string' ? quoted(key) : String(key)}]`;
    return text ? `${text}.${key}` : key;
  }, '');

/** Identifies the path, which the shortened text of a long key would not. */
const identityOf = (path: Path): string => JSON.stringify(path);

interface Issue {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
}

const describeIssue = ({ path, message }: Issue): string => `${formatPath(path) || 'the configuration'}: ${message}`;

const describeUnknown = (path: Path): string => `${formatPath(path)}: unknown key`;

const listed = (lines: readonly (() => string)[]): string[] => listMistakes(lines, (describe) => describe());

/** A copy that keys can be removed from. */
function copyOf(input: unknown): unknown {
  try {
    return structuredClone(input);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', 'the configuration: it is nested too deeply', { cause: error });
  }
}

/** Removes the value at the path; the other elements of an array keep their indices. */
function omit(node: unknown, path: Path): void {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown> | undefined)?.[step], node);
  const key = path.at(-1)!;
  if (Array.isArray(parent)) parent[Number(key)] = undefined;
  else if (parent !== undefined) delete (parent as Record<PropertyKey, unknown>)[key];
}

/**
 * Checks a value from JSON. Unknown keys are warnings, so that a newer configuration does not stop an older program,
 * unless `isMistake` says that one is a mistake. So is a mistake for which `omissionOf` returns what to leave out.
 * Throws one INVALID_ARGUMENT with a line for each of the other mistakes, and then of the unknown keys, as
 * `listMistakes` lists them, with their paths.
 */
export function parseConfig<Schema extends z.ZodMiniType>(
  schema: Schema,
  input: unknown,
  omissionOf: (mistake: Path) => Omission | undefined = () => undefined,
  isMistake: (unknownKey: Path) => boolean = () => false,
): Parsed<z.output<Schema>> {
  const value = copyOf(input);
  const warnings: (() => string)[] = [];
  const leftOut: (() => string)[] = [];
  const omitted = new Set<string>();
  for (;;) {
    const result = z.safeParse(schema, value);
    if (result.success)
      return { value: result.data, given: value, warnings: listed(warnings), mistakes: listed(leftOut) };
    const issues = result.error.issues as readonly Issue[];
    const mistakes = issues.filter((issue) => issue.code !== 'unrecognized_keys');
    const fatal = mistakes.filter(({ path }) => {
      const omission = omissionOf(path);
      return !omission || omitted.has(identityOf(omission.path));
    });
    const unknown = issues.flatMap(({ path, keys = [] }) => keys.map((key) => [...path, key]));
    if (fatal.length > 0 || unknown.some(isMistake)) {
      // A mistyped key is both missing and unknown.
      const lines = [
        ...fatal.map((issue) => () => describeIssue(issue)),
        ...unknown.map((path) => () => describeUnknown(path)),
      ];
      throw new GivcError('INVALID_ARGUMENT', listed(lines).join('\n'));
    }
    for (const issue of mistakes) {
      const { path, consequence } = omissionOf(issue.path)!;
      warnings.push(() => `${describeIssue(issue)}; ${consequence}`);
      leftOut.push(() => describeIssue(issue));
      omitted.add(identityOf(path));
      omit(value, path);
    }
    for (const path of unknown) {
      warnings.push(() => describeUnknown(path));
      omit(value, path);
    }
  }
}

/** Reads a JSON file. Throws INVALID_ARGUMENT that names the file, and the line and column of a syntax error. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read ${file}: ${systemErrorText(error)}`, { cause: error });
  }
  return parseJson(file, text);
}

/** Like `readJson`, for a text with this origin. */
export function parseJson(where: string, marked: string): unknown {
  const text = withoutMark(marked);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `${where}${describeMistake(text)}`, { cause: error });
  }
}

function describeMistake(text: string): string {
  if (text.trim() === '') return ': the file is empty';
  const offset = offsetOfMistake(text);
  const before = text.slice(0, offset).split('\n');
  const place = `:${before.length}:${before.at(-1)!.length + 1}`;
  if (offset === text.length) return `${place}: the JSON ends too early`;
  if (isJson(text.slice(0, offset)))
    return `${place}: a second JSON document begins here: were two configurations joined? Each needs a file of its own`;
  return `${place}: invalid JSON: ${quoted(text.slice(offset, offset + 40).split('\n')[0]!)}`;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
