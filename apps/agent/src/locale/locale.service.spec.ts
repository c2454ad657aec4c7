import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { parseLocale, parseLocaleAssignments, parseTimezone } from '@givc/model';
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
    await systemd.setEnvironment({ LC_TIME: 'C', HOME: '/' });
    await service.setLocale(locale);
    expect(asked()).toBe('localectl --no-ask-password set-locale LANG=fi_FI.UTF-8\n');
    expect(systemd.environment).toEqual({ HOME: '/', LANG: 'fi_FI.UTF-8', LC_ALL: 'C' });
  });

  it('is what a session starts from now on even if it may not change the machine, which is said', async () => {
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
    program('localectl', 'echo "Locale not valid, refusing." >&2; exit 1');
    await expect(service.setLocale(locale)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'localectl: Locale not valid, refusing.',
    });
    expect(systemd.environment).toEqual({});
  });

  it('has systemd-localed unset the locale of the machine when no variable is left with a value', async () => {
    program('busctl', 'exit 0');
    await service.setLocale(new Map([['LANG', parseLocale('LANG', '')]]));
    expect(asked()).toBe(
      'busctl --system call org.freedesktop.locale1 /org/freedesktop/locale1 org.freedesktop.locale1 SetLocale asb 0 false\n',
    );
    await service.setLocale(new Map([['LC_ALL', parseLocale('LC_ALL', 'C')]]));
    expect(asked()).toMatch(/^[^\n]*\n$/);
  });

  it('needs localectl, and says so', async () => {
    process.env['PATH'] = folder;
    await expect(service.setLocale(locale)).rejects.toMatchObject({
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
