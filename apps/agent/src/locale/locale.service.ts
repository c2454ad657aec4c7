import { Injectable } from '@nestjs/common';
import { GivcError, type LocaleAssignments, type Timezone } from '@givc/model';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { Systemd } from '@givc/systemd';

/** Of systemd and of polkit, when this user may not change what is the machine's. */
const denial = /authentication required|access denied|not authorized/i;

/** A locale without any variable, which localectl(1) cannot set: `SetLocale` of org.freedesktop.locale1(5). */
const unsetAll = [
  ...['org.freedesktop.locale1', '/org/freedesktop/locale1', 'org.freedesktop.locale1'],
  ...['SetLocale', 'asb', '0', 'false'],
];

/** Runs localectl(1), timedatectl(1) or busctl(1); what it refuses is told in its own words. */
async function change(program: 'localectl' | 'timedatectl' | 'busctl', ...args: string[]): Promise<void> {
  const options = program === 'busctl' ? ['--system'] : ['--no-ask-password'];
  const { status, stderr } = await runProgram(program, [...options, ...args], { environment: { LC_ALL: 'C' } });
  if (status === 0) return;
  const words = stderr.toString().trim().split('\n')[0] || `it ended with status ${status}`;
  throw new GivcError(denial.test(words) ? 'PERMISSION_DENIED' : 'FAILED_PRECONDITION', `${program}: ${words}`);
}

const isNotOurs = (error: unknown): error is GivcError =>
  error instanceof GivcError && error.reason === 'PERMISSION_DENIED';

/** `action` is what polkit has to permit, below org.freedesktop. */
const notPermitted = (error: GivcError, meanwhile: string, action: string): GivcError => {
  const fix = `the machine keeps its own until polkit permits org.freedesktop.${action}`;
  return new GivcError(error.reason, `${error.message} ${meanwhile}; ${fix}`, { cause: error });
};

/** Language, formats and timezone of this machine. */
@Injectable()
export class LocaleService {
  constructor(
    private readonly systemd: Systemd,
    private readonly log: Log,
  ) {}

  /**
   * Sets the locale of the machine (systemd-localed unsets the variables that are not among the assignments, and those
   * without a value), and of whatever the service manager starts from now on: a session that may not do
   * the former still gets the latter, and PERMISSION_DENIED says so.
   */
  async setLocale(assignments: LocaleAssignments): Promise<void> {
    const kept = keptByMachine(assignments);
    try {
      if (kept.length > 0) await change('localectl', 'set-locale', ...kept);
      else if ([...assignments.keys()].some((key) => key !== 'LC_ALL')) await change('busctl', 'call', ...unsetAll);
    } catch (error) {
      if (!isNotOurs(error)) throw error;
      await this.#setEnvironment(assignments);
      throw notPermitted(error, 'What this session starts from now on has the new locale', 'locale1.set-locale');
    }
    await this.#setEnvironment(assignments);
    this.log.info('locale set', Object.fromEntries(assignments));
  }

  async setTimezone(timezone: Timezone): Promise<void> {
    try {
      await change('timedatectl', 'set-timezone', timezone);
    } catch (error) {
      if (!isNotOurs(error)) throw error;
      throw notPermitted(error, "What this session runs goes by the machine's timezone", 'timedate1.set-timezone');
    }
    this.log.info('timezone set', { timezone });
  }

  #setEnvironment(assignments: LocaleAssignments): Promise<void> {
    const variables = Array.from(assignments, ([key, value]) => [key, value === '' ? undefined : value] as const);
    return this.systemd.setEnvironment(Object.fromEntries(variables));
  }
}

/** systemd-localed refuses empty values and LC_ALL, which locale.conf(5) does not have; the environment takes both. */
const keptByMachine = (assignments: LocaleAssignments): string[] =>
  Array.from(assignments)
    .filter(([key, value]) => key !== 'LC_ALL' && value !== '')
    .map(([key, value]) => `${key}=${value}`);
