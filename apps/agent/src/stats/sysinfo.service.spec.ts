// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Log } from '@givc/log';
import { SysinfoService } from './sysinfo.service.js';

describe('the system information of a machine', () => {
  const path = process.env['PATH'];
  let folder: string;
  const sysinfo = () => new SysinfoService(new Log('error', () => undefined)).sysinfo();
  const program = (name: string, body: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(folder, name), 0o755);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'givc-sysinfo-'));
    process.env['PATH'] = folder;
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  it('is unknown where no program provides it', async () => {
    expect(await sysinfo()).toEqual({ GhafVersion: 'Unknown', SecureBoot: undefined, DiskEncrypted: undefined });
    for (const name of ['ghaf-version', 'lsblk', 'bootctl']) program(name, 'echo crypt; exit 1');
    expect(await sysinfo()).toEqual({ GhafVersion: 'Unknown', SecureBoot: undefined, DiskEncrypted: undefined });
  });

  it('is taken from the output of its programs', async () => {
    program('ghaf-version', 'echo 25.06');
    program('bootctl', `echo 'System:'; echo '     Firmware: UEFI 2.70'; echo '  Secure Boot: enabled (user)'`);
    program('lsblk', 'echo disk; echo part; echo crypt');
    expect(await sysinfo()).toEqual({ GhafVersion: '25.06', SecureBoot: true, DiskEncrypted: true });
  });

  it('runs the programs once for concurrent callers', async () => {
    program('ghaf-version', `echo run >> ${join(folder, 'runs')}`);
    const service = new SysinfoService(new Log('error', () => undefined));
    await Promise.all(Array.from({ length: 50 }, () => service.sysinfo()));
    expect(readFileSync(join(folder, 'runs'), 'utf8')).toBe('run\nrun\n');
  });

  it.each([
    ['disabled (setup)', false],
    ['disabled', false],
    ['not supported', undefined],
  ])('reports secure boot as %s, even when bootctl fails without its boot loader', async (printed, is) => {
    program('bootctl', `echo '  Secure Boot: ${printed}'; exit 1`);
    program('lsblk', 'echo disk');
    expect(await sysinfo()).toMatchObject({ SecureBoot: is, DiskEncrypted: false });
  });
});
