// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseUnitName } from '@givc/model';
import { TestSystem } from '@givc/testing';
import { FakeJournal } from '../../apps/agent/src/journal/fake-journal.fixture.js';
import { Journal } from '../../apps/agent/src/journal/journal.js';
import { itInProcess } from '../../apps/cli/src/running-cli.fixture.js';
import { OldAdmin } from '../support/old-admin.js';
import { cli, startCli } from '../support/cli.js';

const web = parseUnitName('unit', 'web.service');
const app = parseUnitName('unit', 'clock@0.service');

describe('givc-cli logs', () => {
  let system: TestSystem;
  let journal: FakeJournal;

  beforeEach(async () => {
    system = await TestSystem.start({ tls: false });
    journal = new FakeJournal();
    await system.startAgent(
      'net-vm',
      {
        capabilities: {
          journal: { enable: true },
          services: [web],
          applications: [{ name: 'clock', command: '/bin/clock' }],
        },
      },
      { overrides: [{ provide: Journal, useValue: journal }] },
    );
    await system.startAgent('gui-vm');
    await system.untilRegistered('net-vm');
    await system.untilRegistered('gui-vm');
  });
  afterEach(() => system.close());

  const logs = (...args: string[]) => cli(system, 'logs', ...args, '--vm', 'net-vm');

  it('prints the lines of several units, and of an instance without its suffix', async () => {
    journal.write(web, 'one', 6, new Date(2026, 10, 5, 7, 8, 9).getTime() * 1_000);
    journal.write(app, 'two');
    journal.write(web, '\u001b[31mred');
    const { status, out, err } = await logs('web.service', 'clock@0');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const [first, second, third, ...rest] = out.split('\n');
    expect(first).toBe('Nov 05 07:08:09 net-vm web[12]: one');
    expect(second).toMatch(/ net-vm clock@0\[12\]: two$/);
    expect(third).toMatch(/: \\x1b\[31mred$/);
    expect(rest).toEqual(['']);
  });

  it('limits the lines by their number, priority and age', async () => {
    journal.write(web, 'old', 3, 1_000_000);
    for (const [text, priority] of [
      ['a', 3],
      ['b', 6],
      ['c', 4],
    ] as const)
      journal.write(web, text, priority);
    const cat = async (...args: string[]) => (await logs('web.service', '-o', 'cat', ...args)).out;
    expect(await cat('--since', '1h')).toBe('a\nb\nc\n');
    expect(await cat('-n', '2')).toBe('b\nc\n');
    expect(await cat('--priority', 'warning')).toBe('old\na\nc\n');
    expect(await cat('--priority', '3', '--since', 'yesterday')).toBe('a\n');
  });

  it('prints JSON lines with the names of the journal', async () => {
    journal.write(web, 'one', 4, 5);
    const { out } = await logs('web.service', '--output', 'json');
    expect(JSON.parse(out)).toEqual({
      __REALTIME_TIMESTAMP: '5',
      _HOSTNAME: 'net-vm',
      _PID: '12',
      SYSLOG_IDENTIFIER: 'web',
      _SYSTEMD_UNIT: 'web.service',
      PRIORITY: '4',
      MESSAGE: 'one',
    });
  });

  itInProcess('prints new lines as they are written, and ends when the agent does', async () => {
    journal.write(web, 'old');
    const running = startCli(system, 'logs', 'web.service', '--vm', 'net-vm', '--follow');
    await running.wrote('out', 'old\n');
    journal.write(web, 'new');
    await running.wrote('out', 'new\n');
    await system.close();
    const { status, err } = await running.ended;
    expect(status).toBe(1);
    expect(err).toMatch(/^givc-cli: [^\n]+\n$/);
  });

  it('says when more lines may exist than one call shows', async () => {
    for (let n = 0; n < 10_001; n++) journal.write(web, String(n));
    const { out, err } = await logs('web.service', '-o', 'cat');
    expect(out.split('\n')).toHaveLength(10_001);
    expect(err).toBe('givc-cli: these are the last 10000 lines, the most that one call shows; --since shows fewer\n');
    expect((await logs('web.service', '-n', '10000')).err).toBe('');
  });

  it('fails with one line that has the fix', async () => {
    expect(await logs('ssh.service')).toEqual({
      status: 1,
      out: '',
      err: `givc-cli: net-vm: unit "ssh.service" is not in this agent's allowlist (capabilities.services); "givc-cli status --vm net-vm" lists the units\n`,
    });
    const { status, err } = await cli(system, 'logs', 'web.service', '--vm', 'gui-vm');
    expect(status).toBe(1);
    expect(err).toMatch(
      /^givc-cli: the agent of gui-vm .* does not offer this; capabilities\.journal\.enable in its configuration enables it\n$/,
    );
    expect((await cli(system, 'logs', 'web.service', '--vm', 'new-vm')).err).toContain('VM "new-vm" is unknown');
  });

  it('says of a VM that is off what the history knows of it, and of a time before the history when it begins', async () => {
    const stateDirectory = mkdtempSync(join(tmpdir(), 'givc-logs-'));
    const own = await TestSystem.start({ tls: false, stateDirectory });
    const unit = 'microvm@chrome-vm.service';
    await own.startAgent('host', { type: 0, capabilities: { vmServices: { appVms: [unit] } } });
    await own.until((list) => list.some(({ Name }) => Name === unit));
    const { status, err } = await cli(own, 'logs', 'web.service', '--vm', 'chrome-vm');
    const early = await cli(own, 'status', '--at', '2020-01-01');
    await own.close();
    rmSync(stateDirectory, { recursive: true });
    expect(status).toBe(1);
    const lines = err.trimEnd().split('\n');
    expect(lines[0]).toBe('givc-cli: the last events of chrome-vm, of "givc-cli history --vm chrome-vm":');
    expect(lines[1]).toContain(`chrome-vm ${unit}: registered`);
    expect(early).toMatchObject({
      status: 1,
      err: expect.stringMatching(/^givc-cli: the history begins at \S+, after \S+: name a later time\n$/),
    });
    expect(lines.slice(2)).toEqual([`givc-cli: VM "chrome-vm" is not running: ${unit} is inactive (dead)`]);
  });

  it('says that an admin of the original does not offer it', async () => {
    let admin!: OldAdmin;
    const around = await TestSystem.around(async () => (admin = await OldAdmin.start({ identity: undefined })), {
      tls: false,
    });
    try {
      expect(await cli(around, 'logs', 'web.service', '--vm', 'net-vm')).toEqual({
        status: 1,
        out: '',
        err: 'givc-cli: the admin does not offer journals; a newer givc-admin does\n',
      });
    } finally {
      await around.close();
      await admin.stop();
    }
  });
});
