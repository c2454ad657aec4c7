// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type Lab } from './lab.js';
import { sharedLab } from './shared-lab.js';
import { user } from './plan.js';
import { type Watched } from './watched.js';

describe('an application', () => {
  let lab: Lab;
  let watched: Watched;
  const start = (app: string, ...args: string[]) => lab.cli(['start', 'app', app, '--vm', 'chrome-vm', '--', ...args]);
  const running = (unit: string) =>
    watched.until(`${unit} runs`, () => watched.row(unit)?.status === 'Running' && watched.row(unit));
  const gone = (unit: string) => watched.until(`${unit} is gone`, () => watched.row(unit) === undefined);

  beforeAll(async () => {
    lab = await sharedLab();
    watched = lab.watch();
    await watched.until('the initial list', () => watched.rows.length > 0);
  });
  afterAll(() => watched.stop());
  afterEach(async () => {
    const instances = watched.rows.filter(
      ({ vm_name, name }) => vm_name === 'chrome-vm' && /@\d+\.service$/.test(name),
    );
    for (const { name } of instances) await lab.cli(['stop', 'app', name]);
    await Promise.all(instances.map(({ name }) => gone(name)));
  });

  it('runs in its VM as a unit of the user session, with the arguments of the caller', async () => {
    const started = await start('chromium', 'https://example.org', '--incognito');
    expect(started).toMatchObject({ status: 0, stdout: expect.stringContaining('chromium@0.service') });
    expect(await running('chromium@0.service')).toMatchObject({ vm_name: 'chrome-vm', service_type: 'App' });
    const { stdout } = await lab.machine('chrome-vm').systemctl('show', '--property=ExecStart', 'chromium@0.service');
    expect(stdout).toContain('argv[]=/usr/local/bin/chromium https://example.org --incognito');
  });

  it('opens files of its directories and no others, whatever their links are', async () => {
    expect(await start('chromium', `${user.home}/shares/page.html`)).toMatchObject({ status: 0 });
    for (const path of ['private.txt', 'shares/../private.txt', 'shares/escape.html', 'shares/missing.html']) {
      const refused = await start('chromium', `${user.home}/${path}`);
      expect(refused.status).not.toBe(0);
      expect(refused.stderr).toContain(user.home);
    }
    expect(watched.row('chromium@1.service')).toBeUndefined();
  });

  it('gets only declared arguments', async () => {
    expect((await start('clock', '--fast')).status).not.toBe(0);
    expect((await start('chromium', 'javascript:alert(1)')).status).not.toBe(0);
  });

  it('is frozen and thawed', async () => {
    await start('clock');
    const state = async () =>
      (await lab.machine('chrome-vm').systemctl('show', '--property=FreezerState', '--value', 'clock@0.service'))
        .stdout;
    expect(await lab.cli(['pause', 'clock@0'])).toMatchObject({ status: 0 });
    expect(await state()).toBe('frozen\n');
    await watched.until('clock is paused', () => watched.row('clock@0.service')?.status === 'Paused');
    expect(await lab.cli(['resume', 'clock@0'])).toMatchObject({ status: 0 });
    expect(await state()).toBe('running\n');
    await running('clock@0.service');
  });

  it('stops also while it is frozen, and leaves the registry', async () => {
    await start('clock');
    await lab.cli(['pause', 'clock@0']);
    expect(await lab.cli(['stop', 'app', 'clock@0.service'])).toMatchObject({ status: 0 });
    await gone('clock@0.service');
    const { stdout } = await lab.machine('chrome-vm').systemctl('list-units', '--all', '--no-legend', 'clock@*');
    expect(stdout).toBe('');
  });

  it('leaves the registry when it ends by itself', async () => {
    await start('dialog');
    await running('dialog@0.service');
    await lab.machine('chrome-vm').run(['sh', '-c', 'echo > /tmp/dialog']);
    await gone('dialog@0.service');
  });

  it('runs as often as it is started, each instance under its own number', async () => {
    const started = await Promise.all([start('clock'), start('clock'), start('clock')]);
    expect(started.map(({ status }) => status)).toEqual([0, 0, 0]);
    const numbers = [0, 1, 2].map((number) => `clock@${number}.service`);
    await Promise.all(numbers.map(running));
    expect(await lab.cli(['stop', 'app', 'clock@'])).toMatchObject({ status: 0 });
    await Promise.all(numbers.map(gone));
  });

  it('gets its arguments unchanged, and continues when the manager of the session reloads its units', async () => {
    const url = 'https://example.org/?a=$HOME&b=${HOME}&c=$$&d=%25u';
    expect(await start('chromium', url)).toMatchObject({ status: 0 });
    await running('chromium@0.service');
    const chromeVm = lab.machine('chrome-vm');
    const pid = (await chromeVm.systemctl('show', '--property=MainPID', '--value', 'chromium@0.service')).stdout.trim();
    const { stdout } = await chromeVm.run(['sh', '-c', `journalctl --sync; journalctl -o cat _PID=${pid}`]);
    expect(stdout).toContain(`/usr/local/bin/chromium ${url}`);
    for (const again of ['daemon-reload', 'daemon-reexec']) await chromeVm.systemctl(again);
    expect(await lab.cli(['pause', 'chromium@0'])).toMatchObject({ status: 0 });
    await watched.until('it is paused', () => watched.row('chromium@0.service')?.status === 'Paused');
    expect(await lab.cli(['resume', 'chromium@0'])).toMatchObject({ status: 0 });
    await running('chromium@0.service');
  });

  it('is not started when a unit file of its name is installed, and the reason is one line', async () => {
    const chromeVm = lab.machine('chrome-vm');
    const file = '/etc/systemd/user/clock@.service';
    await chromeVm.run(['sh', '-c', `printf '[Service]\nExecStart=/bin/true\n' > ${file}`]);
    await chromeVm.systemctl('daemon-reload');
    const { status, stdout, stderr } = await start('clock');
    await chromeVm.run(['rm', file]);
    await chromeVm.systemctl('daemon-reload');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(
      /^givc-cli: .*a unit file of the name "clock@0\.service" is installed: [^\n]*clock@\.service\n$/,
    );
    expect(await start('clock')).toMatchObject({ status: 0 });
  });

  it('is named in the error when it is unknown, with a similar one and the command that lists all', async () => {
    expect(await start('clokc')).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        'givc-cli: chrome-vm: application "clokc" is not in this agent\'s allowlist (capabilities.applications); ' +
        'did you mean "clock"? "givc-cli applications --vm chrome-vm" lists them\n',
    });
  });

  it('is listed and completed before it runs, and listed with its instance afterwards', async () => {
    const listed = async () => {
      const { stdout } = await lab.cli(['applications', '--vm', 'chrome-vm', '--as-json']);
      return JSON.parse(stdout) as { readonly application: string; readonly instances: readonly string[] }[];
    };
    const names = (await listed()).map(({ application }) => application);
    expect(names).toEqual(expect.arrayContaining(['chromium', 'clock', 'dialog']));
    const { stdout } = await lab.cli(['complete', '--', 'start', 'app', '--vm', 'chrome-vm', '']);
    expect(stdout).toBe(names.map((name) => `${name}\tchrome-vm\n`).join(''));
    await start('clock');
    const clock = (await listed()).find(({ application }) => application === 'clock');
    expect(clock?.instances).toEqual(expect.arrayContaining(['clock@0.service']));
    await lab.cli(['stop', 'app', 'clock@', '--vm', 'chrome-vm']);
  });
});
