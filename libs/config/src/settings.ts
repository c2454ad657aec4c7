// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { plainJson } from '@givc/model';
import { parseJson, type Path } from './json-config.js';
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

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * The settings of a JSON file: `value` is what its schema has made of it, with the defaults. A value of which its
 * parser has made something else is shown as it is in the file, and so is each entry of an array. What is left out, as
 * the warnings of `parseConfig` say, is no setting.
 */
export function fileSettings(file: string, text: string, value: unknown, warnings: readonly string[]): Setting[] {
  const leftOut = warnings.filter((warning) =>
    /; (this entry is left out|the \w+ (is left out|stays off))$/.test(warning),
  );
  const isLeftOut = (key: string): boolean =>
    leftOut.some((warning) => warning.startsWith(key) && /^[:.[]/.test(warning.slice(key.length)));
  const lineOf = jsonLines(text);
  const key = (path: Path): string =>
    path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
      .join('')
      .slice(1);
  const visit = (inForce: unknown, json: unknown, path: Path): Setting[] => {
    if (isUnset(json)) {
      if (isObject(inForce) && Object.keys(inForce).length > 0)
        return Object.entries(inForce).flatMap(([name, one]) => visit(one, undefined, [...path, name]));
      return inForce === undefined ? [] : [{ key: key(path), value: inForce, source: 'default' }];
    }
    if (Array.isArray(json) && json.length > 0) return json.flatMap((one, index) => visit(one, one, [...path, index]));
    const isEntry = path.some((step) => typeof step === 'number');
    if (!isEntry && isObject(json) && isObject(inForce) && Object.keys(json).every((name) => name in inForce))
      return Object.entries(inForce).flatMap(([name, one]) => visit(one, json[name], [...path, name]));
    return isLeftOut(key(path)) ? [] : [{ key: key(path), value: json, source: `${file}:${lineOf(path)}` }];
  };
  return visit(value, parseJson(file, text), []);
}

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
