// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChecks } from '@givc/checks';
import { PendingRestart } from './pending-restart.js';

describe('what only a restart applies', () => {
  const folder = mkdtempSync(join(tmpdir(), 'givc-'));
  const path = (name: string) => join(folder, name);
  const program = path('givc-agent.cjs');
  const { CREDENTIALS_DIRECTORY } = process.env;
  const install = (version: string) => writeFileSync(program, `console.log('${version}')`);
  const found = async (pending: PendingRestart) => runChecks(pending.checks('net-vm'));

  afterEach(() => {
    delete process.env['CREDENTIALS_DIRECTORY'];
    if (CREDENTIALS_DIRECTORY !== undefined) process.env['CREDENTIALS_DIRECTORY'] = CREDENTIALS_DIRECTORY;
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is nothing at first, and while the same version is installed again', async () => {
    install('development');
    const pending = new PendingRestart({ program });
    const nothing = [{ subject: 'net-vm', state: 'ok', message: 'has applied its whole configuration' }];
    expect(await found(pending)).toMatchObject(nothing);
    writeFileSync(program, "console.log('development'); // once more");
    expect(await found(pending)).toMatchObject(nothing);
  });

  it('is the program, when another version of it is installed', async () => {
    install('0.1.0');
    const pending = new PendingRestart({ program });
    install('0.20.0');
    expect(await found(pending)).toMatchObject([
      { subject: program, state: 'warning', message: 'has version 0.20.0, and development still runs' },
    ]);
    rmSync(program);
    expect(await found(pending)).toMatchObject([{ state: 'ok' }]);
  });

  it('is a credential whose file has another content than the copy of the unit', async () => {
    process.env['CREDENTIALS_DIRECTORY'] = folder;
    for (const name of ['key.pem', 'same.pem']) {
      writeFileSync(path(name), 'secret 1');
      writeFileSync(path(`${name}.source`), 'secret 1');
    }
    const names = ['key.pem', 'same.pem', 'missing.pem'];
    const credentials = new Map(names.map((name) => [name, path(`${name}.source`)]));
    const pending = new PendingRestart({ unitStart: () => Promise.resolve({ variables: undefined, credentials }) });
    expect(await found(pending)).toMatchObject([{ state: 'ok' }]);
    writeFileSync(path('key.pem.source'), 'secret 2');
    const source = path('key.pem.source');
    expect(await found(pending)).toMatchObject([
      { subject: 'net-vm', message: `has changed credentials that need a restart: key.pem (${source})` },
    ]);
  });
});
