// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, existsSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { rmSync, watch, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { parseLocale, parseLocaleAssignments, parseTimezone, type LocaleKey } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { agentSettings } from '../../fixtures/agent-settings.fixture.js';
import { LocaleService } from './locale.service.js';

const locale = parseLocaleAssignments([
  { key: 0, value: 'fi_FI.UTF-8' },
  { key: 12, value: '' },
  { key: 13, value: 'C' },
]);
const timezone = parseTimezone('Timezone', 'Europe/Helsinki');
const callOf = (caller: string, signal = new AbortController().signal) => ({ caller, signal });
const never = callOf('gui-vm');

describe('the locale of a machine', () => {
  const path = process.env['PATH'];
  let folder: string;
  let systemd: FakeSystemd;
  let service: LocaleService;
  const asked = () => readFileSync(join(folder, 'asked'), 'utf8');

  /** Replaces localectl and timedatectl by a script that records its arguments and ends like this. */
  const program = (name: string, end: string): void => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\necho ${name} "$@" >> ${folder}/asked\n${end}\n`);
    chmodSync(file, 0o755);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-locale-'));
    process.env['PATH'] = `${folder}:${path}`;
    systemd = new FakeSystemd();
    service = new LocaleService(systemd, new Log('error', () => undefined), agentSettings);
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  it('is set for the machine, and for programs that systemd starts later', async () => {
    program('localectl', 'exit 0');
    program('busctl', `echo '{"type":"as","data":[]}'`);
    await systemd.setEnvironment({ LC_TIME: 'C', HOME: '/' });
    await service.setLocale(locale, never);
    expect(asked()).toContain('localectl --no-ask-password set-locale LANG=fi_FI.UTF-8\n');
    expect(systemd.environment).toEqual({ HOME: '/', LANG: 'fi_FI.UTF-8', LC_ALL: 'C' });
  });

  it('is unset for programs that systemd starts, even when systemd itself was started with it', async () => {
    program('localectl', 'exit 0');
    program('busctl', `echo '{"type":"as","data":["LANG=C","LC_ALL=C"]}'`);
    Object.assign(systemd.inherited, { LC_TIME: 'C', LC_ALL: 'C', HOME: '/' });
    await service.setLocale(parseLocaleAssignments([{ key: 0, value: 'fi_FI.UTF-8' }]), never);
    expect(systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8', LC_TIME: 'C', LC_ALL: 'C', HOME: '/' });
    await service.setLocale(locale, never);
    expect(systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8', LC_TIME: '', LC_ALL: 'C', HOME: '/' });
  });

  it('is set for programs of the session even if the session may not change the machine, which is an error', async () => {
    program('busctl', `echo '{"type":"as","data":[]}'`);
    program('localectl', 'echo "Failed to issue method call: Interactive authentication required." >&2; exit 1');
    await expect(service.setLocale(locale, never)).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: expect.stringMatching(
        /^localectl: .*authentication required\. Programs of this session have the new locale; the machine keeps/,
      ),
    });
    expect(systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8', LC_ALL: 'C' });
  });

  it('is not changed when the machine does not have the locale', async () => {
    program('busctl', `echo '{"type":"as","data":[]}'`);
    program('localectl', 'echo "Locale not valid, refusing." >&2; exit 1');
    await expect(service.setLocale(locale, never)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'localectl: Locale not valid, refusing.',
    });
    expect(systemd.environment).toEqual({});
  });

  describe('when variables have no value', () => {
    const of = (assignments: Partial<Record<LocaleKey, string>>) =>
      new Map(Object.entries(assignments).map(([key, value]) => [key as LocaleKey, parseLocale(key, value)]));
    /** The calls of busctl and localectl, without their constant arguments. */
    const calls = () => asked().replaceAll(/ (--no-ask-password|--system|--json=short|org\S+1|\/org\S+1)/g, '');
    const machineHas = (...data: string[]) => {
      program('busctl', `case "$*" in *get-property*) echo '${JSON.stringify({ type: 'as', data })}' ;; esac`);
      program('localectl', 'exit 0');
    };

    it('unsets a variable by the value of LANG, which systemd-localed drops', async () => {
      machineHas('LANG=de_DE.UTF-8', 'LC_TIME=C', 'LC_PAPER=POSIX');
      await service.setLocale(of({ LC_TIME: '' }), never);
      await service.setLocale(of({ LANG: 'fi_FI.UTF-8', LC_TIME: '', LC_NAME: 'C' }), never);
      expect(calls()).toBe(
        'busctl get-property Locale\nlocalectl set-locale LC_TIME=de_DE.UTF-8\n' +
          'busctl get-property Locale\nlocalectl set-locale LANG=fi_FI.UTF-8 LC_TIME=fi_FI.UTF-8 LC_NAME=C\n',
      );
    });

    it('is C when LANG has no value, as on a machine without a locale', async () => {
      machineHas('LANG=de_DE.UTF-8', 'LC_TIME=fi_FI.UTF-8');
      await service.setLocale(of({ LANG: '', LC_TIME: '' }), never);
      expect(calls()).toBe('busctl get-property Locale\nlocalectl set-locale LANG=C LC_TIME=C\n');
      expect(systemd.environment).toEqual({});
    });

    it('is not changed when the machine has none of the variables', async () => {
      machineHas('LC_NAME=C');
      await service.setLocale(of({ LANG: '', LC_TIME: '' }), never);
      expect(calls()).toBe('busctl get-property Locale\n');
    });

    it('does not change the machine when the variable is LC_ALL', async () => {
      machineHas();
      await service.setLocale(of({ LC_ALL: '' }), never);
      expect(existsSync(join(folder, 'asked'))).toBe(false);
    });
  });

  it('fails with the name of localectl when that is missing', async () => {
    process.env['PATH'] = folder;
    await expect(service.setLocale(new Map([['LANG', parseLocale('LANG', 'C')]]), never)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^localectl: this machine has no such program/),
    });
  });

  it('is set together with the timezone', async () => {
    program('timedatectl', 'exit 0');
    await service.setTimezone(timezone, never);
    expect(asked()).toBe('timedatectl --no-ask-password set-timezone Europe/Helsinki\n');
    program('timedatectl', 'echo "Failed to set time zone: Access denied" >&2; exit 1');
    await expect(service.setTimezone(timezone, never)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    program('timedatectl', 'exit 1');
    await expect(service.setTimezone(timezone, never)).rejects.toMatchObject({
      message: 'timedatectl: it ended with status 1',
    });
  });

  describe('when several callers change the locale', () => {
    const utc = parseTimezone('Timezone', 'UTC');
    let gate: number;
    const zones = () => Array.from(asked().matchAll(/set-timezone (\S+)/g), ([, zone]) => zone);
    /** Resolves when a program has been started. */
    const started = async () => {
      const changes = watch(folder);
      await new Promise<void>((resolve) => {
        const look = () => existsSync(join(folder, 'asked')) && zones().length > 0 && resolve();
        changes.on('change', look);
        look();
      });
      changes.close();
    };
    const open = (times: number) => writeSync(gate, '\n'.repeat(times));

    beforeEach(() => {
      expect(spawnSync('mkfifo', [join(folder, 'gate')]).status).toBe(0);
      gate = openSync(join(folder, 'gate'), 'r+');
      program('timedatectl', `read line < ${folder}/gate`);
    });
    afterEach(() => {
      jest.useRealTimers();
      closeSync(gate);
    });

    it('rejects a caller with more than four open calls, while another caller is served', async () => {
      const evil = Array.from({ length: 5 }, () => service.setTimezone(timezone, callOf('evil-vm')));
      const other = service.setTimezone(utc, never);
      open(6);
      const outcomes = await Promise.allSettled([...evil, other]);
      expect(outcomes.map(({ status }) => status)).toEqual([
        ...Array<string>(4).fill('fulfilled'),
        ...['rejected', 'fulfilled'],
      ]);
      await expect(evil[4]).rejects.toMatchObject({
        reason: 'RESOURCE_EXHAUSTED',
        message: 'locale and timezone: 4 calls of one caller may be open; try again later',
      });
      expect(zones()).toEqual([timezone, utc, ...Array<string>(3).fill(timezone)]);
    });

    it('lets the admin, which passes on calls of others, use the whole queue', async () => {
      const calls = Array.from({ length: 18 }, () => service.setTimezone(timezone, callOf('127.0.0.9')));
      open(18);
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.map(({ status }) => status)).toEqual([...Array<string>(17).fill('fulfilled'), 'rejected']);
      await expect(calls[17]).rejects.toMatchObject({
        message: 'locale and timezone: one call may be at work at once and 16 wait; try again later',
      });
    });

    it('ends a call that does not end by itself after 30 s', async () => {
      jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
      const late = service.setTimezone(timezone, never);
      const next = service.setTimezone(utc, never);
      await started();
      jest.advanceTimersByTime(30_000);
      await expect(late).rejects.toMatchObject({
        reason: 'DEADLINE_EXCEEDED',
        message: 'locale and timezone: it took longer than 30 s',
      });
      open(1);
      await next;
      expect(zones()).toEqual([timezone, utc]);
    });

    it('continues a call whose caller hangs up', async () => {
      const hangUp = new AbortController();
      const change = service.setTimezone(timezone, callOf('gui-vm', hangUp.signal));
      await started();
      hangUp.abort();
      open(1);
      await expect(change).resolves.toBeUndefined();
    });
  });
});
