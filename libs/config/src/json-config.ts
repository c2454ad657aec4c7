import { readFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { en } from 'zod/locales';
import { GivcError, messageOf } from '@givc/model';
import { offsetOfMistake } from './json-place.js';
import { listMistakes } from './mistakes.js';

z.config(en());

export interface Parsed<Value> {
  readonly value: Value;
  /** The keys that nobody reads, with their paths, as `listMistakes` lists them. */
  readonly warnings: readonly string[];
}

type Path = readonly PropertyKey[];

const plainKey = /^[A-Za-z_][\w-]*$/;

/** `capabilities.applications[2].args[0]`; keys that would make another path of it are quoted: `policies["a.b"]`. */
const formatPath = (path: Path): string =>
  path.reduce<string>((text, key) => {
    if (typeof key !== 'string' || !plainKey.test(key)) return `${text}[${JSON.stringify(key)}]`;
    return text ? `${text}.${key}` : key;
  }, '');

interface Issue {
  readonly code: string;
  readonly path: Path;
  readonly message: string;
  readonly keys?: readonly string[];
}

const describeIssue = ({ path, message }: Issue): string => `${formatPath(path) || 'the configuration'}: ${message}`;
const describeUnread = (path: Path): string => `${formatPath(path)}: nobody reads this key`;

/** A copy to take keys from. */
function copyOf(input: unknown): unknown {
  try {
    return structuredClone(input);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', 'the configuration: it is nested too deeply', { cause: error });
  }
}

function withoutKey(node: unknown, path: Path, key: string): void {
  const parent = path.reduce<unknown>((value, step) => (value as Record<PropertyKey, unknown>)[step], node);
  delete (parent as Record<string, unknown>)[key];
}

/**
 * Checks a value that came as JSON. Throws one INVALID_ARGUMENT with a line for each mistake, as `listMistakes` lists
 * them, with their paths; keys that the schema does not know are warnings, so that a newer configuration does not stop
 * an older program.
 */
export function parseConfig<Schema extends z.ZodMiniType>(schema: Schema, input: unknown): Parsed<z.output<Schema>> {
  const value = copyOf(input);
  const unread: Path[] = [];
  for (;;) {
    const result = z.safeParse(schema, value);
    if (result.success) return { value: result.data, warnings: listMistakes(unread, describeUnread) };
    const issues = result.error.issues as readonly Issue[];
    const unknown = issues.filter((issue) => issue.code === 'unrecognized_keys');
    const mistakes = issues.filter((issue) => issue.code !== 'unrecognized_keys');
    if (mistakes.length > 0) throw new GivcError('INVALID_ARGUMENT', listMistakes(mistakes, describeIssue).join('\n'));
    for (const { path, keys = [] } of unknown)
      for (const key of keys) {
        unread.push([...path, key]);
        withoutKey(value, path, key);
      }
  }
}

/** Reads a file of JSON. Throws INVALID_ARGUMENT that names the file, and the line and column where it stops being JSON. */
export function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read ${file}: ${messageOf(error)}`, { cause: error });
  }
  return parseJson(file, text);
}

/** As `readJson`, of a text that `where` names. */
export function parseJson(where: string, text: string): unknown {
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
  return `${place}: this is no JSON: ${JSON.stringify(text.slice(offset).split('\n')[0]!.slice(0, 40))}`;
}
