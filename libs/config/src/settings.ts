// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plainJson } from '@givc/model';
import type { Parsed, Path } from './json-config.js';
import { jsonLines } from './json-lines.js';
import { isUnset } from './schema.js';

/** A setting that is in force. */
export interface Setting {
  /** A key such as `network.tls.enable`, or the name of a flag. */
  readonly key: string;
  readonly value: unknown;
  /** Where the value comes from: `FILE:LINE`, `variable NAME`, `flag --name` or `default`. */
  readonly source: string;
}

type Json = Readonly<Record<string, unknown>>;

/** Whether it is an object without a class, of any realm. */
function isObject(value: unknown): value is Json {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && Object.getPrototypeOf(prototype) === null;
}

/**
 * The settings of a JSON file with this text, which `parseConfig` has parsed. A value of which its parser has made
 * something else is shown as it is in the file, and so is each entry of an array. Unknown keys and entries that are
 * left out are no settings; a key that is left out has its default.
 */
export function fileSettings(file: string, text: string, { value, given }: Parsed<unknown>): Setting[] {
  const lineOf = jsonLines(text);
  const visit = (inForce: unknown, json: unknown, path: Path): Setting[] => {
    const key = formatKey(path);
    if (isUnset(json)) {
      if (isObject(inForce) && Object.keys(inForce).length > 0)
        return Object.entries(inForce).flatMap(([name, one]) => visit(one, undefined, [...path, name]));
      return inForce === undefined ? [] : [{ key, value: inForce, source: 'default' }];
    }
    if (Array.isArray(json) && json.length > 0)
      return json.flatMap((one, index) => (one === undefined ? [] : visit(one, one, [...path, index])));
    const isEntry = path.some((step) => typeof step === 'number');
    if (!isEntry && isObject(json) && isObject(inForce) && Object.keys(json).every((name) => name in inForce))
      return Object.entries(inForce).flatMap(([name, one]) => visit(one, json[name], [...path, name]));
    return [{ key, value: json, source: `${file}:${lineOf(path)}` }];
  };
  return visit(value, given, []);
}

const formatKey = (path: Path): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);

/** Removes the user, the password and the query of each URL. */
const withoutSecrets = (text: string): string =>
  text.replace(/([a-z][a-z0-9+.-]*:\/\/)[^/?#\s"@]*@/gi, '$1***@').replace(/(:\/\/[^?\s"]*\?)[^\s"]*/g, '$1***');

/** `withoutSecrets` of each text in the value, names of fields included. */
function harmless(value: unknown): unknown {
  if (typeof value === 'string') return withoutSecrets(value);
  if (Array.isArray(value)) return value.map(harmless);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [withoutSecrets(name), harmless(one)]));
}

/** The forms in which settings are printed. */
export const settingFormats = ['text', 'json'] as const;
export type SettingFormat = (typeof settingFormats)[number];

/**
 * The settings without secrets. `text`: a comment for each warning, and a line for each setting, `key = value  # from
 * SOURCE`. `json`: one line, an object with `warnings` and `settings`, which are as `Setting`.
 */
export function formatSettings(
  format: SettingFormat,
  settings: readonly Setting[],
  warnings: readonly string[],
): string {
  return format === 'json' ? `${plainJson(harmless({ warnings, settings }))}\n` : textOf(settings, warnings);
}

function textOf(settings: readonly Setting[], warnings: readonly string[]): string {
  const lines = settings.map(({ key, value, source }) => {
    const from = source === 'default' ? source : `from ${source}`;
    return `${key} = ${JSON.stringify(value) ?? 'null'}  # ${from}`;
  });
  return [...warnings.map((warning) => `# warning: ${warning}`), ...lines]
    .map((line) => `${withoutSecrets(line)}\n`)
    .join('');
}
