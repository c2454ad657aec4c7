// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { levels, type Level } from './log.js';

/** The level that the text defines. */
export interface LogFilter {
  readonly level: Level;
  /** The directives without effect in this program. */
  readonly unknown: readonly string[];
}

/** Levels of tracing-subscriber that this log does not have, and their replacements. */
const aliases: ReadonlyMap<string, Level> = new Map([
  ['trace', 'debug'],
  ['warning', 'warn'],
  ['off', 'error'],
]);

function levelOf(word: string): Level | undefined {
  const name = word.toLowerCase();
  return levels.find((level) => level === name) ?? aliases.get(name);
}

/**
 * Reads a level, or directives as EnvFilter of tracing-subscriber has them: `givc=info`, `warn,givc=debug`. The most
 * specific one that fits wins: the program's name (`givc-admin` or `givc_admin`), then `givc`, then a level alone.
 * Without one that fits, the level is `info`. Never throws.
 */
export function parseLogFilter(text: string, program: string): LogFilter {
  const targets = ['', 'givc', program];
  const found: (Level | undefined)[] = [];
  const unknown: string[] = [];
  for (const directive of text.split(',').map((part) => part.trim())) {
    if (directive === '') continue;
    const [, target = '', word = directive] = /^([^=]*)=(.*)$/s.exec(directive) ?? [];
    const rank = targets.indexOf(target.replaceAll('_', '-'));
    const level = levelOf(word);
    if (rank >= 0 && level) found[rank] = level;
    else unknown.push(directive);
  }
  return { level: found.findLast((level) => level !== undefined) ?? 'info', unknown };
}
