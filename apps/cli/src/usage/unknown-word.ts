// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { didYouMean, quoted } from '@givc/model';
import type { Command } from './usage.js';

const listedMax = 10;

/** What is wrong with a word that is none of the known ones: the similar ones, or else all of a few. */
export function unknownWord(what: string, typed: string, known: readonly string[]): string {
  const all = known.length > listedMax ? '' : `expected ${known.join(', ')}`;
  const fix = didYouMean(typed, known) || all;
  return `unknown ${what} ${quoted(typed)}${fix && `: ${fix}`}`;
}

/** The same for an option of a command, or of one above it. */
export function unknownOption(typed: string, command: Command): string {
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const suggestion = didYouMean(
    typed,
    options.flatMap(({ long }) => long ?? []),
  );
  return `unknown option ${quoted(typed)}${suggestion && `: ${suggestion}`}`;
}
