// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dropReplaced, readAuthority, readReplaced, writeAuthority } from './authority-folder.js';
import { createAuthority } from './authority.js';
import { keyTypes } from './key-type.js';

let root = '';
let folder = '';
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'givc-authority-'))));
beforeEach(() => void (folder = mkdtempSync(join(root, 'ca-'))));
afterAll(() => rmSync(root, { recursive: true }));

const openssl = (...args: string[]): string => {
  const { stdout, stderr } = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
  return stdout + stderr;
};
const authorityBefore = createAuthority();
const put = (name: string, content: string): void => writeFileSync(join(folder, name), content);

function issueAndVerify(): string {
  put('cert.pem', readAuthority(folder).issue({ name: 'net-vm', addresses: ['192.168.101.6'] }).certificate);
  return openssl('verify', '-x509_strict', '-purpose', 'sslclient', '-CAfile', 'ca-cert.pem', 'cert.pem');
}

describe('the folder of an authority', () => {
  it.each(keyTypes)('stores an authority with a key of type %s, for its owner only', async (keyType) => {
    const made = join(folder, 'made');
    const authority = createAuthority({ keyType });
    await writeAuthority(made, authority);
    expect(readAuthority(made).certificate).toBe(authority.certificate);
    expect(readdirSync(made).toSorted()).toEqual(['ca-cert.pem', 'ca-key.pem']);
    expect(statSync(made).mode & 0o777).toBe(0o700);
    expect(statSync(join(made, 'ca-key.pem')).mode & 0o777).toBe(0o600);
  });

  it('does not replace a key unless that is forced', async () => {
    put('ca-key.pem', 'precious');
    await expect(writeAuthority(folder, createAuthority())).rejects.toThrow(
      `${folder}/ca-key.pem is there already; with --force a new authority replaces it`,
    );
    expect(readdirSync(folder)).toEqual(['ca-key.pem']);
    expect(readFileSync(join(folder, 'ca-key.pem'), 'utf8')).toBe('precious');
    await writeAuthority(folder, createAuthority(), { force: true });
    expect(issueAndVerify()).toBe('cert.pem: OK\n');
  });

  it('may be created by openssl, with a name of several parts and another kind of key identifier', () => {
    const key = ['-newkey', 'rsa:2048', '-nodes', '-keyout', 'ca-key.pem', '-out', 'ca-cert.pem'];
    const usage = ['-addext', 'keyUsage=critical,keyCertSign'];
    openssl('req', '-x509', ...key, '-subj', '/C=FI/O=Example Oy/CN=Example', '-days', '400', ...usage);
    expect(issueAndVerify()).toBe('cert.pem: OK\n');
    const { issuer } = new X509Certificate(readFileSync(join(folder, 'cert.pem')));
    expect(issuer).toBe('C=FI\nO=Example Oy\nCN=Example');
  });

  it('is rejected with the name of the invalid file', async () => {
    const rejection = (): string => {
      try {
        readAuthority(folder);
        return 'none';
      } catch (error) {
        return (error as Error).message.replaceAll(`${folder}/`, '');
      }
    };
    expect(rejection()).toMatch(/^ca-cert.pem is missing: /);
    const authority = createAuthority();
    await writeAuthority(folder, authority);
    expect(rejection()).toBe('none');
    put('ca-key.pem', createAuthority().key);
    expect(rejection()).toBe('the private key ca-key.pem does not belong to the certificate ca-cert.pem');
    put('ca-key.pem', 'x');
    expect(rejection()).toBe('ca-key.pem is not an unencrypted PEM private key');
    put('ca-cert.pem', 'x');
    expect(rejection()).toBe('ca-cert.pem is not a PEM certificate');

    const leaf = authority.issue({ name: 'a', addresses: [] });
    put('ca-cert.pem', leaf.certificate);
    put('ca-key.pem', leaf.key);
    expect(rejection()).toBe('ca-cert.pem is not the certificate of an authority: it may not sign others');

    const day = 24 * 3600 * 1000;
    for (const [notBefore, problem] of [
      [Date.now() - 2 * day, /^ca-cert.pem ended on .* UTC: make a new authority/],
      [Date.now() + day, /^ca-cert.pem is not valid before .* UTC: is the clock right\?$/],
    ] as const) {
      await writeAuthority(folder, createAuthority({ notBefore: new Date(notBefore), days: 1 }), { force: true });
      expect(rejection()).toMatch(problem);
    }
  });

  describe('during the replacement of an authority', () => {
    const old = createAuthority();
    const ca = () => readFileSync(join(folder, 'ca-cert.pem'), 'utf8');

    it('contains the certificates of both authorities, its own first, and signs with its own', async () => {
      const authority = createAuthority({ replaces: [old.certificate] });
      await writeAuthority(folder, authority);
      expect(ca()).toBe(authority.certificate + old.certificate);
      const read = readAuthority(folder);
      expect([read.certificate, read.replaced]).toEqual([authority.certificate, [old.certificate]]);
      expect(issueAndVerify()).toBe('cert.pem: OK\n');
      put('ca-cert.pem', authority.certificate);
      expect(openssl('verify', '-CAfile', 'ca-cert.pem', 'cert.pem')).toBe('cert.pem: OK\n');
    });

    it('contains only its own certificate and key once the replacement has ended', async () => {
      const authority = createAuthority({ replaces: [old.certificate, createAuthority().certificate] });
      await writeAuthority(folder, authority);
      expect(await dropReplaced(folder)).toBe(2);
      expect(ca()).toBe(authority.certificate);
      expect(readAuthority(folder).key).toBe(authority.key);
      expect(await dropReplaced(folder)).toBe(0);
    });

    it('reads all trusted certificates of the replaced authority, but not its key', () => {
      put('ca-cert.pem', old.certificate + authorityBefore.certificate);
      expect(readReplaced(folder)).toEqual([old.certificate, authorityBefore.certificate]);
    });

    it('is rejected when one of the other certificates is not of an authority', async () => {
      const leaf = old.issue({ name: 'a', addresses: [] }).certificate;
      await writeAuthority(folder, createAuthority({ replaces: [leaf] }));
      const message = `${folder}/ca-cert.pem is not the certificate of an authority: it may not sign others`;
      expect(() => readAuthority(folder)).toThrow(message);
      expect(() => readReplaced(folder)).toThrow(message);
      await expect(dropReplaced(folder)).rejects.toThrow(message);
    });
  });

  it('is rejected when its key has an unsupported type', () => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384', '-nodes', '-keyout', 'ca-key.pem'];
    openssl('req', '-x509', ...key, '-out', 'ca-cert.pem', '-subj', '/CN=a');
    expect(() => readAuthority(folder)).toThrow('a key of type ec secp384r1 signs no certificates: use p256');
  });

  it('issues no certificate that outlives the authority', async () => {
    await writeAuthority(folder, createAuthority({ days: 100 }));
    const issue = (days: number) => readAuthority(folder).issue({ name: 'net-vm', addresses: [], days });
    expect(() => issue(101)).toThrow(/^the certificate of net-vm would outlive its authority, which ends on .*--days/);
    expect(issue(99).certificate).toContain('BEGIN CERTIFICATE');
  });
});
