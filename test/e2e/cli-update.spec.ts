// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestSystem } from '@givc/testing';
import { cli, startCli } from '../support/cli.js';
import { otaUpdateCommands, writeOtaUpdate } from '../support/ota-update.js';

describe('givc-cli update', () => {
  let system: TestSystem;
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-cli-update-'));
    system = await TestSystem.start({ tls: false, hostName: 'ghaf-host' });
    const exec = { enable: true, commands: otaUpdateCommands(writeOtaUpdate(folder)) };
    await system.startAgent('ghaf-host', { type: 0, capabilities: { exec } });
    await system.untilRegistered('ghaf-host');
  });
  afterEach(async () => {
    delete process.env['CACHIX_TOKEN'];
    await system.close();
    rmSync(folder, { recursive: true });
  });

  const given = () => readFileSync(join(folder, 'arguments'), 'utf8').trimEnd().split('\n');

  it('lists the generations as a table', async () => {
    const { status, out, err } = await cli(system, 'update', 'list');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toBe(
      [
        'GENERATION  CURRENT  DATE        NIXOS                   KERNEL   REVISION  SPECIALISATIONS',
        '2           yes      2025-06-12  25.05.20250612.fd48718  6.12.30  0a1b2c3   debug demo',
        '1           -        -           24.11                   6.6.60   unknown   -',
        '',
      ].join('\n'),
    );
  });

  it('lists them as JSON', async () => {
    const { out } = await cli(system, 'update', 'list', '--as-json');
    expect(JSON.parse(out)).toEqual([
      {
        generation: 2,
        date: '2025-06-12',
        nixos_version: '25.05.20250612.fd48718',
        kernel_version: '6.12.30',
        configuration_revision: '0a1b2c3',
        specialisations: ['debug', 'demo'],
        current: true,
        store_path: '/nix/store/2222-nixos-system-ghaf-host',
      },
      expect.objectContaining({ generation: 1, date: '', current: false }),
    ]);
  });

  it('shows the progress of an update, and takes the token from a flag or the environment without showing it', async () => {
    process.env['CACHIX_TOKEN'] = 'from-environment';
    const plain = await cli(system, 'update', 'cachix', 'pin');
    expect(plain).toEqual({ status: 0, out: 'resolving pin\nactivating\n', err: 'warning: no signature\n' });
    expect(given()).toEqual(['cachix', 'pin', '--cache', 'ghaf-dev', '--token', 'from-environment']);
    const options = ['--cache', 'mine', '--cachix-host', 'https://cachix.org', '--token', 'from-flag'];
    const { status, out, err } = await cli(system, 'update', 'cachix', 'pin', ...options);
    expect(status).toBe(0);
    expect(out + err).not.toContain('from-flag');
    expect(given()).toEqual([
      'cachix',
      'pin',
      '--cache',
      'mine',
      '--token',
      'from-flag',
      '--cachix-host',
      'https://cachix.org',
    ]);
  });

  it('fails with the output of the update and one line', async () => {
    expect(await cli(system, 'update', 'cachix', 'broken', '--token', 'secret')).toEqual({
      status: 1,
      out: 'resolving broken\n',
      err: expect.stringMatching(
        /^warning: no signature\nerror: no such pin\ngivc-cli: ota-update on ghaf-host ended with status 3 \(trace [0-9a-f]{32}\)\n$/,
      ),
    });
  });

  it('does not end an update when it is interrupted', async () => {
    execFileSync('mkfifo', [join(folder, 'go')]);
    const running = startCli(system, 'update', 'cachix', 'slow');
    await running.wrote('out', 'resolving slow\n');
    process.emit('SIGINT', 'SIGINT');
    expect(await running.ended).toMatchObject({
      status: 130,
      err: expect.stringContaining('the update continues on the host'),
    });
    expect((await cli(system, 'update', 'cachix', 'other')).err).toContain('an update is running: to "slow"');
    writeFileSync(join(folder, 'go'), '\n');
  });
});
