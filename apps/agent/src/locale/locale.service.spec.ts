import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { parseLocale, parseLocaleAssignments, parseTimezone, type LocaleKey } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import { LocaleService } from './locale.service.js';

const locale = parseLocaleAssignments([
  { key: 0, value: 'fi_FI.UTF-8' },
  { key: 12, value: '' },
  { key: 13, value: 'C' },
]);
const timezone = parseTimezone('Timezone', 'Europe/Helsinki');

describe('the locale of a machine', () => {
  const path = process.env['PATH'];
  let folder: string;
  let systemd: FakeSystemd;
  let service: LocaleService;
  const asked = () => readFileSync(join(folder, 'asked'), 'utf8');

  /** Puts in the place of localectl and timedatectl what notes its arguments and ends like this. */
  const program = (name: string, end: string): void => {
    const file = join(folder, name);
    writeFileSync(file, `#!/bin/sh\necho ${name} "$@" >> ${folder}/asked\n${end}\n`);
    chmodSync(file, 0o755);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-locale-'));
    process.env['PATH'] = `${folder}:${path}`;
    systemd = new FakeSystemd();
    service = new LocaleService(systemd, new Log('error', () => undefined));
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  it('is set where the machine keeps it, and for what systemd starts from now on', async () => {
    program('localectl', 'exit 0');
    program('busctl', `echo '{"type":"as","data":[]}'`);
    await systemd.setEnvironment({ LC_TIME: 'C', HOME: '/' });
    await service.setLocale(locale);
    expect(asked()).toContain('localectl --no-ask-password set-locale LANG=fi_FI.UTF-8\n');
    expect(systemd.environment).toEqual({ HOME: '/', LANG: 'fi_FI.UTF-8', LC_ALL: 'C' });
  });

  it('is what a session starts from now on even if it may not change the machine, which is said', async () => {
    program('busctl', `echo '{"type":"as","data":[]}'`);
    program('localectl', 'echo "Failed to issue method call: Interactive authentication required." >&2; exit 1');
    await expect(service.setLocale(locale)).rejects.toMatchObject({
      reason: 'PERMISSION_DENIED',
      message: expect.stringMatching(
        /^localectl: .*authentication required\. What this session starts from now on has the new locale; the machine keeps/,
      ),
    });
    expect(systemd.environment).toEqual({ LANG: 'fi_FI.UTF-8', LC_ALL: 'C' });
  });

  it('stays as it is when the machine has no such locale', async () => {
    program('busctl', `echo '{"type":"as","data":[]}'`);
    program('localectl', 'echo "Locale not valid, refusing." >&2; exit 1');
    await expect(service.setLocale(locale)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'localectl: Locale not valid, refusing.',
    });
    expect(systemd.environment).toEqual({});
  });

  describe('in which variables have no value', () => {
    const of = (assignments: Partial<Record<LocaleKey, string>>) =>
      new Map(Object.entries(assignments).map(([key, value]) => [key as LocaleKey, parseLocale(key, value)]));
    /** What was asked of busctl and localectl, without what is always the same. */
    const calls = () => asked().replaceAll(/ (--no-ask-password|--system|--json=short|org\S+1|\/org\S+1)/g, '');
    const machineHas = (...data: string[]) => {
      program('busctl', `case "$*" in *get-property*) echo '${JSON.stringify({ type: 'as', data })}' ;; esac`);
      program('localectl', 'exit 0');
    };

    it('loses these in the way of systemd-localed, which drops what is the same as LANG', async () => {
      machineHas('LANG=de_DE.UTF-8', 'LC_TIME=C', 'LC_PAPER=POSIX');
      await service.setLocale(of({ LC_TIME: '' }));
      await service.setLocale(of({ LANG: 'fi_FI.UTF-8', LC_TIME: '', LC_NAME: 'C' }));
      expect(calls()).toBe(
        'busctl get-property Locale\nlocalectl set-locale LC_TIME=de_DE.UTF-8\n' +
          'busctl get-property Locale\nlocalectl set-locale LANG=fi_FI.UTF-8 LC_TIME=fi_FI.UTF-8 LC_NAME=C\n',
      );
    });

    it('is C when LANG has none, which is what a machine without a locale has', async () => {
      machineHas('LANG=de_DE.UTF-8', 'LC_TIME=fi_FI.UTF-8');
      await service.setLocale(of({ LANG: '', LC_TIME: '' }));
      expect(calls()).toBe('busctl get-property Locale\nlocalectl set-locale LANG=C LC_TIME=C\n');
      expect(systemd.environment).toEqual({});
    });

    it('is left alone where the machine has none of them', async () => {
      machineHas('LC_NAME=C');
      await service.setLocale(of({ LANG: '', LC_TIME: '' }));
      expect(calls()).toBe('busctl get-property Locale\n');
    });

    it('is nothing to a machine when that is LC_ALL', async () => {
      machineHas();
      await service.setLocale(of({ LC_ALL: '' }));
      expect(existsSync(join(folder, 'asked'))).toBe(false);
    });
  });

  it('needs localectl, and says so', async () => {
    process.env['PATH'] = folder;
    await expect(service.setLocale(new Map([['LANG', parseLocale('LANG', 'C')]]))).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: expect.stringMatching(/^localectl: this machine has no such program/),
    });
  });

  it('comes with a timezone', async () => {
    program('timedatectl', 'exit 0');
    await service.setTimezone(timezone);
    expect(asked()).toBe('timedatectl --no-ask-password set-timezone Europe/Helsinki\n');
    program('timedatectl', 'echo "Failed to set time zone: Access denied" >&2; exit 1');
    await expect(service.setTimezone(timezone)).rejects.toMatchObject({ reason: 'PERMISSION_DENIED' });
    program('timedatectl', 'exit 1');
    await expect(service.setTimezone(timezone)).rejects.toMatchObject({
      message: 'timedatectl: it ended with status 1',
    });
  });
});
