// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readUnitStart } from './unit-start.js';

/** `busctl --json=short` of systemd 252. */
const answer = (data: unknown) => JSON.stringify({ type: 'a{sv}', data });

describe('what the next start of a unit gets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = (name: string) => join(folder, name);
  const { PATH } = process.env;
  const unit = { name: 'givc-admin.service', isOfUser: false };

  function respond(properties: object): void {
    const all = {
      MainPID: { type: 'u', data: process.pid },
      EnvironmentFiles: { data: [] },
      Environment: { data: [] },
    };
    writeFileSync(path('service'), answer([{ ...all, ...properties }]));
    writeFileSync(path('manager'), answer(['LANG=C', 'TYPE=1']));
    const script = `case "$*" in "--system --json=short call"*) cat ${path('service')} ;; *) cat ${path('manager')} ;; esac`;
    writeFileSync(path('busctl'), `#!/bin/sh\n${script}\n`);
    chmodSync(path('busctl'), 0o755);
  }

  beforeEach(() => void (process.env['PATH'] = `${folder}:${PATH}`));
  afterEach(() => void (process.env['PATH'] = PATH));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has the variables of the manager, then of the unit, then of its files, and the files of its credentials', async () => {
    writeFileSync(path('admin.env'), 'LISTEN=two\n');
    respond({
      Environment: { data: ['LISTEN=one', 'TYPE=4'] },
      EnvironmentFiles: {
        data: [
          [path('admin.env'), false],
          [path('missing.env'), true],
        ],
      },
      LoadCredential: {
        data: [
          ['key.pem', '/etc/givc/key.pem'],
          ['other', 'name-in-the-store'],
        ],
      },
    });
    expect(await readUnitStart(unit)).toEqual({
      variables: new Map([
        ['LANG', 'C'],
        ['TYPE', '4'],
        ['LISTEN', 'two'],
      ]),
      credentials: new Map([['key.pem', '/etc/givc/key.pem']]),
    });
  });

  it('would fail without a file that must be there', async () => {
    respond({ EnvironmentFiles: { data: [[path('missing.env'), false]] } });
    await expect(readUnitStart(unit)).rejects.toThrow(`cannot read ${path('missing.env')}: ENOENT`);
  });

  it('has unknown variables when a file of them is a pattern', async () => {
    respond({ EnvironmentFiles: { data: [[path('*.env'), true]] } });
    expect(await readUnitStart(unit)).toEqual({ variables: undefined, credentials: new Map() });
  });

  it('is unknown for a process that is not the main one of its unit, and without busctl', async () => {
    respond({ MainPID: { type: 'u', data: 1 } });
    expect(await readUnitStart(unit)).toBeUndefined();
    writeFileSync(path('busctl'), '#!/bin/sh\nexit 1\n');
    expect(await readUnitStart(unit)).toBeUndefined();
  });
});
