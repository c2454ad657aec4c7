// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from './authority.js';
import { type IssueOptions } from './issue.js';
import { writeCertificates } from './write-certificates.js';

const authority = createAuthority({ name: 'Test authority' });
const folder = mkdtempSync(join(tmpdir(), 'givc-pki-'));
afterAll(() => rmSync(folder, { recursive: true }));

function verify(options: Partial<IssueOptions>, ...flags: string[]): string {
  const { certificate } = authority.issue({ name: 'net-vm', addresses: ['192.168.101.6'], ...options });
  writeFileSync(join(folder, 'ca-cert.pem'), authority.certificate);
  writeFileSync(join(folder, 'cert.pem'), certificate);
  const run = spawnSync('openssl', ['verify', '-x509_strict', ...flags, '-CAfile', 'ca-cert.pem', 'cert.pem'], {
    cwd: folder,
    encoding: 'utf8',
  });
  return run.stdout + run.stderr;
}

describe('an authority', () => {
  it('issues certificates that openssl accepts in its strictest mode, for both ends of a connection', () => {
    expect(verify({}, '-purpose', 'sslserver')).toBe('cert.pem: OK\n');
    expect(verify({}, '-purpose', 'sslclient')).toBe('cert.pem: OK\n');
  });

  it('issues certificates with the name first, then the IPv4 and IPv6 addresses', () => {
    const { certificate } = authority.issue({ name: 'net-vm', addresses: ['192.168.101.6', 'fd00::6'] });
    const parsed = new X509Certificate(certificate);
    expect(parsed.subjectAltName).toBe('DNS:net-vm, IP Address:192.168.101.6, IP Address:FD00:0:0:0:0:0:0:6');
    expect(parsed.subject).toBe('CN=net-vm');
    expect(parsed.issuer).toBe('CN=Test authority');
  });

  it('issues a certificate together with the key that belongs to it', async () => {
    const issued = authority.issue({ name: 'net-vm', addresses: [] });
    await writeCertificates(folder, authority, issued);
    const run = (...args: string[]) => spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' }).stdout;
    expect(run('pkey', '-in', 'key.pem', '-pubout')).toBe(run('x509', '-in', 'cert.pem', '-noout', '-pubkey'));
    expect(run('verify', '-x509_strict', '-CAfile', 'ca-cert.pem', 'cert.pem')).toBe('cert.pem: OK\n');
    expect(statSync(join(folder, 'key.pem')).mode & 0o777).toBe(0o600);
  });

  it('issues each certificate with a different serial number', () => {
    const serials = Array.from(
      { length: 20 },
      () => new X509Certificate(authority.issue({ name: 'a', addresses: [] }).certificate).serialNumber,
    );
    expect(new Set(serials).size).toBe(20);
  });

  it('can issue certificates that peers must reject: expired, not yet valid, or without the client usage', () => {
    const dayAgo = new Date(Date.now() - 24 * 3600 * 1000);
    expect(verify({ notBefore: dayAgo, days: 0.5 })).toContain('certificate has expired');
    expect(verify({ notBefore: new Date(Date.now() + 3600 * 1000) })).toContain('certificate is not yet valid');
    expect(verify({ usages: ['serverAuth'] }, '-purpose', 'sslclient')).toMatch(/unsuitable|unsupported/);
  });

  it('is not confused with another authority of the same name', () => {
    const other = createAuthority({ name: 'Test authority' });
    writeFileSync(join(folder, 'ca-cert.pem'), other.certificate);
    writeFileSync(join(folder, 'cert.pem'), authority.issue({ name: 'net-vm', addresses: [] }).certificate);
    const run = spawnSync('openssl', ['verify', '-CAfile', 'ca-cert.pem', 'cert.pem'], { cwd: folder });
    expect(run.status).not.toBe(0);
  });

  it('names the invalid field in an error', () => {
    expect(() => authority.issue({ name: 'no name', addresses: [] })).toThrow(/^name: /);
    expect(() => authority.issue({ name: 'net-vm', addresses: ['192.168.101'] })).toThrow(/^addresses: /);
    expect(() => authority.issue({ name: 'net-vm', addresses: [], days: 0 })).toThrow(/^days: /);
  });
});
