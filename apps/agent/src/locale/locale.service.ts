import { Injectable } from '@nestjs/common';
import { GivcError, type LocaleAssignments, type Timezone } from '@givc/model';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { Systemd } from '@givc/systemd';

/** Of systemd and of polkit, when this user may not change what is the machine's. */
const denial = /authentication required|access denied|not authorized/i;

/** Runs localectl(1) or timedatectl(1); what it refuses is told in its own words. */
async function change(program: 'localectl' | 'timedatectl', ...args: string[]): Promise<void> {
  const { status, stderr } = await runProgram(program, ['--no-ask-password', ...args], {
    environment: { LC_ALL: 'C' },
  });
  if (status === 0) return;
  const words = stderr.toString().trim().split('\n')[0] || `it ended with status ${status}`;
  throw new GivcError(denial.test(words) ? 'PERMISSION_DENIED' : 'FAILED_PRECONDITION', `${program}: ${words}`);
}

const isNotOurs = (error: unknown): error is GivcError =>
  error instanceof GivcError && error.reason === 'PERMISSION_DENIED';

/** Language, formats and timezone of this machine. */
@Injectable()
export class LocaleService {
  constructor(
    private readonly systemd: Systemd,
    private readonly log: Log,
  ) {}

  /**
   * Sets the locale of the machine, and of whatever the service manager starts from now on: a session that may not do
   * the former still gets the latter, and PERMISSION_DENIED says so.
   */
  async setLocale(assignments: LocaleAssignments): Promise<void> {
    const kept = keptByMachine(assignments);
    try {
      if (kept.length > 0) await change('localectl', 'set-locale', ...kept);
    } catch (error) {
      if (!isNotOurs(error)) throw error;
      await this.#setEnvironment(assignments);
      const but = 'what is started from now on in this session has the new locale, but the machine keeps its own';
      throw new GivcError(
        error.reason,
        `${error.message} ${but}; polkit can permit org.freedesktop.locale1.set-locale`,
        {
          cause: error,
        },
      );
    }
    await this.#setEnvironment(assignments);
    this.log.info('locale set', Object.fromEntries(assignments));
  }

  async setTimezone(timezone: Timezone): Promise<void> {
    try {
      await change('timedatectl', 'set-timezone', timezone);
    } catch (error) {
      if (!isNotOurs(error)) throw error;
      const fix = 'polkit can permit org.freedesktop.timedate1.set-timezone';
      throw new GivcError(error.reason, `${error.message} This session may not change the machine's; ${fix}`, {
        cause: error,
      });
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
