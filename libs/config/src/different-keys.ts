// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isDeepStrictEqual } from 'node:util';
import type { Setting } from './settings.js';

/** What a text of a configuration gives. */
export interface Given {
  readonly settings: readonly Setting[];
  /** What the program makes of it. */
  readonly value: unknown;
}

/** The key of the setting, or that of the array in which it is. */
const keyOf = ({ key }: Setting): string => key.replace(/\[.*$/s, '');

function textsOf({ settings }: Given): Map<string, string> {
  const texts = new Map<string, string>();
  for (const setting of settings) {
    const key = keyOf(setting);
    texts.set(key, `${texts.get(key) ?? ''}${JSON.stringify(setting.value)}\n`);
  }
  return texts;
}

const valueAt = (value: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((node, name) => (node as Record<string, unknown> | undefined)?.[name], value);

/**
 * The keys whose values differ, such as `network.admin.heartbeatMs`, in the order of the settings. A text that is
 * written in another way but gives the same value is no difference.
 */
export function differentKeys(before: Given, after: Given): string[] {
  const [texts, newTexts] = [textsOf(before), textsOf(after)];
  const keys = new Set([...texts.keys(), ...newTexts.keys()]);
  return [...keys].filter((key) => {
    if (texts.get(key) === newTexts.get(key)) return false;
    const [value, newValue] = [valueAt(before.value, key), valueAt(after.value, key)];
    return value === undefined || newValue === undefined || !isDeepStrictEqual(value, newValue);
  });
}

/** The number of keys that are named. */
const namedMax = 10;

/** At most ten of the keys, and how many more there are. */
export const namedKeys = (keys: readonly string[]): string[] =>
  keys.length > namedMax ? [...keys.slice(0, namedMax), `${keys.length - namedMax} more`] : [...keys];
