// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  messageOf,
  parseLocale,
  parseLocaleKey,
  parseTimezone,
  type Locale,
  type LocaleAssignments,
  type LocaleKey,
  type Timezone,
} from '@givc/model';
import type { FileContent } from './persisted-setting.js';

/** Lines `KEY=value`; empty lines and comments are ignored. */
export function parseLocaleFile(text: string): FileContent<LocaleAssignments> {
  const assignments = new Map<LocaleKey, Locale>();
  const damage: string[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/.exec(line.trim()) ?? [];
    try {
      assignments.set(parseLocaleKey(`line ${index + 1}`, key), parseLocale(`line ${index + 1}`, value));
    } catch (error) {
      damage.push(messageOf(error));
    }
  }
  return { value: assignments.size > 0 ? assignments : undefined, damage };
}

export const formatLocaleFile = (assignments: LocaleAssignments): string =>
  Array.from(assignments, ([key, value]) => `${key}=${value}\n`).join('');

/** The first line is the name of a zone; `check` throws when there is no such zone. */
export async function parseTimezoneFile(
  text: string,
  check: (timezone: Timezone) => Promise<void>,
): Promise<FileContent<Timezone>> {
  const line = text.split('\n', 1)[0]!.trim();
  if (line === '') return { value: undefined, damage: [] };
  try {
    const value = parseTimezone('line 1', line);
    await check(value);
    return { value, damage: [] };
  } catch (error) {
    return { value: undefined, damage: [messageOf(error)] };
  }
}

export const formatTimezoneFile = (timezone: Timezone): string => `${timezone}\n`;
