// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError, type LocaleAssignments, type Timezone } from '@givc/model';
import { Log } from '@givc/log';
import { runProgram } from '@givc/programs';
import { FairQueue, type QueuedCall } from '@givc/queue';
import { Systemd } from '@givc/systemd';
import { AgentSettings } from '../config/agent-settings.js';

/** Each call starts programs, one after another. */
const limits = {
  name: 'locale and timezone',
  slots: 1,
  ofCaller: 4,
  waiting: 16,
  waitMs: 60_000,
  deadlineMs: 30_000,
  fix: 'try again later',
};

/** The errors of systemd and polkit when this user may not change settings of the machine. */
const denial = /authentication required|access denied|not authorized/i;

/** An error of org.freedesktop.locale1(5). */
const locale1 = ['org.freedesktop.locale1', '/org/freedesktop/locale1', 'org.freedesktop.locale1'] as const;

/** Runs localectl(1), timedatectl(1) or busctl(1), and resolves with its output; an error has its own text. */
async function change(
  signal: AbortSignal,
  program: 'localectl' | 'timedatectl' | 'busctl',
  ...args: string[]
): Promise<string> {
  const options = program === 'busctl' ? ['--system'] : ['--no-ask-password'];
  const run = await runProgram(program, [...options, ...args], { signal, environment: { LC_ALL: 'C' } });
  if (run.status === 0) return run.stdout.toString();
  const text = run.stderr.toString().trim().split('\n')[0] || `it ended with status ${run.status}`;
  throw new GivcError(denial.test(text) ? 'PERMISSION_DENIED' : 'FAILED_PRECONDITION', `${program}: ${text}`);
}

/** The locale variables of the machine. */
async function localeOfMachine(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
  const answer = await change(signal, 'busctl', '--json=short', 'get-property', ...locale1, 'Locale');
  const { data } = JSON.parse(answer) as { readonly data: readonly string[] };
  return new Map(data.map((assignment) => assignment.split('=', 2) as [string, string]));
}

/** The locale of a process without any of these variables. */
const none = 'C';

/**
 * Sets locale variables of the machine; variables without an assignment keep their values. systemd-localed rejects
 * empty values and drops a variable that has the value of LANG, so a variable is unset by setting it to that value;
 * LANG itself is set to `C`.
 */
async function setLocaleOfMachine(assignments: LocaleAssignments, signal: AbortSignal): Promise<void> {
  // locale.conf(5) does not have LC_ALL.
  const assigned = Array.from(assignments).filter(([key]) => key !== 'LC_ALL');
  const isUnset = assigned.some(([, value]) => value === '');
  const current = isUnset ? await localeOfMachine(signal) : new Map<string, string>();
  const language = (assignments.get('LANG') ?? current.get('LANG')) || none;
  const changes = assigned.flatMap(([key, value]) => {
    if (value !== '') return [`${key}=${value}`];
    return current.has(key) ? [`${key}=${language}`] : [];
  });
  if (changes.length > 0) await change(signal, 'localectl', 'set-locale', ...changes);
}

const isNotOurs = (error: unknown): error is GivcError =>
  error instanceof GivcError && error.reason === 'PERMISSION_DENIED';

/** `action` is the action below org.freedesktop that polkit has to permit. */
const notPermitted = (error: GivcError, meanwhile: string, action: string): GivcError => {
  const fix = `the machine keeps its own until polkit permits org.freedesktop.${action}`;
  return new GivcError(error.reason, `${error.message} ${meanwhile}; ${fix}`, { cause: error });
};

/**
 * Language, formats and timezone of this machine. Changes are made one at a time, and to their end when their callers
 * hang up. RESOURCE_EXHAUSTED when too many wait; DEADLINE_EXCEEDED when a change takes longer than 30 s.
 */
@Injectable()
export class LocaleService {
  readonly #queue: FairQueue;

  constructor(
    private readonly systemd: Systemd,
    private readonly log: Log,
    settings: AgentSettings,
  ) {
    this.#queue = new FairQueue({ ...limits, relay: settings.relay });
  }

  /**
   * Sets the locale of the machine, and of the programs that the service manager starts from now on. Variables without
   * a value are unset; variables without an assignment keep their values. PERMISSION_DENIED when the session may not
   * set the locale of the machine; its programs have the new locale even then.
   */
  setLocale(assignments: LocaleAssignments, call: QueuedCall): Promise<void> {
    return this.#queue.run(call, ({ expired }) => this.#setLocale(assignments, expired));
  }

  setTimezone(timezone: Timezone, call: QueuedCall): Promise<void> {
    return this.#queue.run(call, ({ expired }) => this.#setTimezone(timezone, expired));
  }

  async #setLocale(assignments: LocaleAssignments, signal: AbortSignal): Promise<void> {
    try {
      await setLocaleOfMachine(assignments, signal);
    } catch (error) {
      if (!isNotOurs(error)) throw error;
      await this.#setEnvironment(assignments);
      throw notPermitted(error, 'Programs of this session have the new locale', 'locale1.set-locale');
    }
    await this.#setEnvironment(assignments);
    this.log.info('locale set', Object.fromEntries(assignments));
  }

  async #setTimezone(timezone: Timezone, signal: AbortSignal): Promise<void> {
    try {
      await change(signal, 'timedatectl', 'set-timezone', timezone);
    } catch (error) {
      if (!isNotOurs(error)) throw error;
      throw notPermitted(error, "Programs of this session use the machine's timezone", 'timedate1.set-timezone');
    }
    this.log.info('timezone set', { timezone });
  }

  /**
   * A variable that the service manager was started with, such as the locale at the boot, cannot be removed. It is set
   * to an empty value, which has the same effect (POSIX, "Internationalization Variables").
   */
  async #setEnvironment(assignments: LocaleAssignments): Promise<void> {
    const variables = Array.from(assignments, ([key, value]) => [key, value === '' ? undefined : value] as const);
    await this.systemd.setEnvironment(Object.fromEntries(variables));
    const unset = variables.flatMap(([key, value]) => (value === undefined ? [key] : []));
    if (unset.length === 0) return;
    const environment = await this.systemd.managerEnvironment();
    const left = unset.filter((key) => environment[key]);
    if (left.length > 0) await this.systemd.setEnvironment(Object.fromEntries(left.map((key) => [key, ''])));
  }
}
