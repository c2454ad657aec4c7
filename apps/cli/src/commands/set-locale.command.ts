import { Command, Help } from 'nest-commander';
import {
  assignmentsOf,
  invalid,
  parseLocale,
  parseLocaleKey,
  type Locale,
  type LocaleAssignments,
  type LocaleKey,
} from '@givc/model';
import { AdminCommand } from '../admin-command.js';

/** A locale alone is that of LANG. Throws INVALID_ARGUMENT that names what cannot be. */
function parseAssignments(words: readonly string[]): LocaleAssignments {
  const [first = ''] = words;
  if (words.length === 1 && !first.includes('=')) return new Map([['LANG', parseLocale('locale', first)]]);
  const assignments = new Map<LocaleKey, Locale>();
  for (const word of words) {
    const at = word.indexOf('=');
    if (at < 0) throw invalid(word, 'KEY=VALUE is needed, such as LC_TIME=fi_FI.UTF-8');
    const key = parseLocaleKey('KEY', word.slice(0, at));
    if (assignments.has(key)) throw invalid(key, 'it is assigned twice');
    assignments.set(key, parseLocale(key, word.slice(at + 1)));
  }
  return assignments;
}

@Command({
  name: 'set-locale',
  description: 'Sets the language and the formats of all machines, now and whenever one boots.',
  arguments: '<locale...>',
  argsDescription: { locale: 'a locale for LANG: fi_FI.UTF-8; or assignments KEY=VALUE, without a value to unset' },
})
export class SetLocaleCommand extends AdminCommand {
  async run(words: string[]): Promise<void> {
    const locale = this.parse(() => parseAssignments(words));
    const setting = this.withAdmin((admin) => admin.setLocale({ assignments: assignmentsOf(locale) }));
    await this.output.meanwhile('the machines may have to make the locale first', setting);
    this.output.sentence(`Set ${Array.from(locale, ([key, value]) => `${key}=${value}`).join(' ')}.`);
  }

  @Help('after')
  examples(): string {
    return `
Examples:
  givc-cli set-locale fi_FI.UTF-8
  givc-cli set-locale LANG=en_US.UTF-8 LC_TIME=fi_FI.UTF-8 LC_ALL=`;
  }
}
