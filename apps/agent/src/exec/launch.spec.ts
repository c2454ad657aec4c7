// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import os from 'node:os';
import { join } from 'node:path';
import { launch } from './launch.js';
import type { StartRequest } from './start-request.js';

const own = os.userInfo().username;
const isRoot = process.getuid!() === 0;

describe('a permitted command of an agent', () => {
  const folder = mkdtempSync(join(os.tmpdir(), 'givc-exec-'));
  const before = { ...process.env };
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(() => {
    jest.restoreAllMocks();
    process.env = { ...before };
  });

  const run = (command: string, more: Partial<StartRequest> = {}, user = own) =>
    launch(
      { command, user },
      { command, args: [], directory: undefined, environment: new Map(), stdin: undefined, user, ...more },
    );
  const outputOf = async (...what: Parameters<typeof run>): Promise<string> => {
    const program = await run(...what);
    const output = await text(program.stdout);
    expect(await program.ended).toBe(0);
    return output;
  };
  const variablesOf = async (...what: Parameters<typeof run>): Promise<Record<string, string>> =>
    Object.fromEntries(
      (await outputOf(...what))
        .trimEnd()
        .split('\n')
        .map((line) => line.split('=') as [string, string]),
    );

  it('gets its arguments unchanged, and runs in the root directory unless the request names another', async () => {
    expect(await outputOf('/bin/echo', { args: ['$HOME', ';', 'a  b'] })).toBe('$HOME ; a  b\n');
    expect(await outputOf('/bin/pwd')).toBe('/\n');
    expect(await outputOf('/bin/pwd', { directory: folder })).toBe(`${folder}\n`);
  });

  it('gets PATH and LANG of the agent, the variables of its user, and those of the request, which take precedence', async () => {
    process.env['PATH'] = '/usr/bin:/bin:/opt/bin';
    process.env['LANG'] = 'fi_FI.UTF-8';
    process.env['AGENT_SECRET'] = 'secret';
    const { homedir: HOME } = os.userInfo();
    const machine = { PATH: '/usr/bin:/bin:/opt/bin', LANG: 'fi_FI.UTF-8' };
    expect(await variablesOf('/usr/bin/env')).toEqual({ ...machine, HOME, USER: own });
    const environment = new Map([
      ['GREETING', 'hello'],
      ['HOME', folder],
    ]);
    expect(await variablesOf('/usr/bin/env', { environment })).toEqual({
      ...machine,
      GREETING: 'hello',
      HOME: folder,
      USER: own,
    });
  });

  it('gets a PATH and a LANG even when the agent has none', async () => {
    delete process.env['PATH'];
    delete process.env['LANG'];
    expect(await variablesOf('/usr/bin/env')).toMatchObject({ PATH: '/usr/bin:/bin', LANG: 'C.UTF-8' });
  });

  it.each([
    ['it does not exist', '/no/such/program', {}, '/no/such/program: this machine has no such program'],
    ['it may not be executed', join(folder, 'text'), {}, `${folder}/text: this machine has no such program`],
    [
      'its directory is missing',
      '/bin/pwd',
      { directory: '/no/such/folder' },
      'WorkingDirectory: this machine has no directory /no/such/folder',
    ],
    [
      'its directory is a file',
      '/bin/pwd',
      { directory: '/etc/passwd' },
      'WorkingDirectory: this machine has no directory /etc/passwd',
    ],
  ])('is not started when %s', async (_, command, more, message) => {
    writeFileSync(join(folder, 'text'), 'no program', { mode: 0o644 });
    await expect(run(command, more)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION', message });
  });

  it('runs as another user only where the agent runs as root', async () => {
    jest.spyOn(os, 'userInfo').mockReturnValue({ ...os.userInfo(), username: 'alice', uid: 1000 });
    await expect(run('/usr/bin/id', {}, 'root')).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'Role: this agent runs as alice, and only one that runs as root can run programs as root',
    });
  });

  (isRoot ? it : it.skip)('runs as another user, with the groups and the home of that user', async () => {
    expect(await outputOf('/usr/bin/id', {}, 'nobody')).toBe(
      'uid=65534(nobody) gid=65534(nogroup) groups=65534(nogroup)\n',
    );
    const environment = await variablesOf('/usr/bin/env', {}, 'nobody');
    expect(environment).toMatchObject({ USER: 'nobody', HOME: '/nonexistent' });
    await expect(run('/usr/bin/id', {}, 'no-such-user')).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
  });
});
