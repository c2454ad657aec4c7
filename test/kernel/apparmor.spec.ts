// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createAuthority, writeCertificates } from '@givc/pki';
import { Program } from './program.js';

const port = 9_501;
const socket = '/run/givc/admin.sock';
const installed = '/usr/bin/givc-cli';
const certificates = '/etc/givc';
const profiles = '/sys/kernel/security/apparmor/profiles';

/** The path at which `npm run test:kernel` has made givc-cli as one executable file. */
function executable(): string {
  const folder = resolve('dist/kernel/cli');
  return join(
    folder,
    readdirSync(folder).find((name) => name.startsWith('givc-cli-'))!,
  );
}

/** The denials of the profile since the last call, as lines of the kernel's log. */
const denials = (): string[] =>
  execFileSync('dmesg', ['--read-clear'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes('apparmor="DENIED"') && line.includes('profile="givc-cli"'));

const execute = (...args: string[]) => spawnSync('aa-exec', ['-p', 'givc-cli', ...args], { encoding: 'utf8' });
const confined = (...args: string[]) => execute('--', installed, ...args);

describe('the AppArmor profile of givc-cli, enforced by the kernel', () => {
  let folder: string;
  let admin: Program;
  const files = ['ca-cert', 'cert', 'key'].map((name) => `${certificates}/${name}.pem`);
  const identity = ['--cacert', files[0]!, '--cert', files[1]!, '--key', files[2]!, '--name', 'admin-vm'];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-apparmor-'));
    if (!existsSync(profiles)) execFileSync('mount', ['-t', 'securityfs', 'securityfs', '/sys/kernel/security']);
    writeFileSync(installed, '');
    execFileSync('mount', ['--bind', executable(), installed]);
    execFileSync('apparmor_parser', ['--skip-cache', '--replace', 'packaging/apparmor/givc-cli']);
    const authority = createAuthority({ name: 'Test', days: 2 });
    for (const name of [certificates, '/run/givc']) mkdirSync(name, { recursive: true });
    await writeCertificates(
      certificates,
      authority,
      authority.issue({ name: 'admin-vm', addresses: ['127.0.0.1'], days: 1 }),
    );
    admin = new Program(
      'givc-admin',
      ['--listen', `127.0.0.1:${port}`, '--listen', socket, '--listen', `vsock:any:${port}`],
      {
        ...{ NAME: 'admin-vm', TLS: 'true', CA_CERT: files[0]!, HOST_CERT: files[1]!, HOST_KEY: files[2]! },
        ...{ GIVC_AUDIT: join(folder, 'audit'), STATE_DIRECTORY: folder },
      },
    );
    await admin.line('listening');
  });
  afterAll(async () => {
    await admin.stop();
    execFileSync('umount', [installed]);
    rmSync(folder, { recursive: true });
  });

  it('is in the mode that enforces it', () => {
    expect(readFileSync(profiles, 'utf8').split('\n')).toContain('givc-cli (enforce)');
  });

  it.each([
    ['TCP', ['--addr', '127.0.0.1', '--port', `${port}`]],
    ['a unix socket', ['--addr', socket]],
    ['vsock, with native code in a temporary file', ['--vsock', `1:${port}`]],
  ])('permits a call with mutual TLS over %s without a denial', (_, address) => {
    denials();
    expect(confined(...address, ...identity, 'query')).toMatchObject({ status: 0, stderr: '' });
    expect(denials()).toEqual([]);
  });

  it('permits policy check, which runs WebAssembly', () => {
    writeFileSync(`${certificates}/rules.cedar`, 'permit(principal == Source::"gui-vm", action, resource);\n');
    // With the emulated processor V8's compiler of WebAssembly crashes in one of six runs, also without a profile.
    let run = confined('policy', 'check', `${certificates}/rules.cedar`);
    for (let attempt = 1; attempt < 8 && run.signal; attempt++)
      run = confined('policy', 'check', `${certificates}/rules.cedar`);
    expect(run).toMatchObject({ signal: null, status: 0 });
    expect(denials()).toEqual([]);
  });

  it('denies other files and every other program', () => {
    expect(confined('certs', 'authority', `${folder}/ca`)).not.toMatchObject({ status: 0 });
    expect(existsSync(`${folder}/ca`)).toBe(false);
    expect(denials().join('\n')).toContain(`name="${folder}`);
    // A process that is already confined, unlike one that is confined when it starts its program.
    expect(execute('--immediate', '--', '/usr/bin/true')).not.toMatchObject({ status: 0 });
    expect(denials().join('\n')).toContain('operation="exec"');
  });
});
