// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Command, Help } from 'nest-commander';
import {
  assignmentsOf,
  invalid,
  localeKeys,
  parseLocale,
  quoted,
  type Locale,
  type LocaleAssignments,
  type LocaleKey,
} from '@givc/model';
import { AdminCommand } from '../connection/admin-command.js';
import { exitStatusHelpOf } from '../exit/exit-status.js';

interface Parsed {
  readonly assignments: LocaleAssignments;
  /** The variables of locale.conf(5) that are not part of a locale. */
  readonly unknown: readonly string[];
}

/**
 * A locale alone is assigned to LANG. Words may be lines of locale.conf(5): empty lines and comments are ignored,
 * values may be quoted, and variables without a key in the contract, such as LANGUAGE, are left out. Throws
 * INVALID_ARGUMENT that names the invalid word, and when no assignment is left.
 */
function parseAssignments(words: readonly string[]): Parsed {
  const lines = words.flatMap((word) => word.split('\n')).map((line) => line.trim());
  const given = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const [first = ''] = given;
  if (given.length === 1 && !first.includes('='))
    return { assignments: new Map([['LANG', parseLocale('locale', first)]]), unknown: [] };
  const assignments = new Map<LocaleKey, Locale>();
  const unknown: string[] = [];
  for (const line of given) {
    const at = line.indexOf('=');
    if (at < 0) throw invalid(line, 'expected KEY=VALUE, such as LC_TIME=fi_FI.UTF-8');
    const name = line.slice(0, at);
    const key = localeKeys.find((known) => known === name);
    if (!key) unknown.push(name);
    else if (assignments.has(key)) throw invalid(key, 'it is assigned twice');
    else assignments.set(key, parseLocale(key, line.slice(at + 1).replace(/^(["'])(.*)\1$/, '$2')));
  }
  if (assignments.size === 0)
    throw invalid(
      'KEY',
      `invalid variable ${quoted(unknown[0] ?? '')}: expected ${localeKeys.join(', ')}; nothing is set`,
    );
  return { assignments, unknown };
}

@Command({
  name: 'set-locale',
  description: 'Sets the language and the formats of all machines, now and whenever one boots.',
  arguments: '<locale...>',
  argsDescription: { locale: 'a locale for LANG: fi_FI.UTF-8; or assignments KEY=VALUE, without a value to unset' },
})
export class SetLocaleCommand extends AdminCommand {
  async run(words: string[]): Promise<void> {
    const { assignments: locale, unknown } = this.parse(() => parseAssignments(words));
    for (const name of unknown) this.output.note(`unknown variable ${name}: it is left out`);
    const setting = this.withAdmin((admin) => admin.setLocale({ assignments: assignmentsOf(locale) }));
    await this.output.meanwhile('the machines may have to make the locale first', setting);
    this.output.sentence(`Set ${Array.from(locale, ([key, value]) => `${key}=${value}`).join(' ')}.`);
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli set-locale fi_FI.UTF-8
  givc-cli set-locale LANG=en_US.UTF-8 LC_TIME=fi_FI.UTF-8 LC_ALL=

${exitStatusHelpOf('set-locale')}`;
  }
}
