// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TlsIdentity, tryHandshake, type TlsMaterial } from '@givc/rpc';
import { createAuthority } from './authority.js';
import { inspectFolder, type Expected } from './inspect-folder.js';
import { type IssueOptions } from './issue.js';
import { writeCertificates } from './write-certificates.js';

const checkChain = (material: TlsMaterial) => tryHandshake(new TlsIdentity(material));

const day = 24 * 3600 * 1000;
const authority = createAuthority({ name: 'Test' });
const folder = mkdtempSync(join(tmpdir(), 'givc-inspect-'));
const file = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const put = (options: Partial<IssueOptions> = {}, by = authority): Promise<void> =>
  writeCertificates(folder, by, by.issue({ name: 'net-vm', addresses: ['192.168.101.6'], ...options }));
const found = async (expected?: Expected, now?: number): Promise<string[]> =>
  (await inspectFolder(folder, checkChain, expected, now)).findings.map(
    ({ severity, file, what }) => `${severity}: ${file.slice(folder.length + 1)} ${what}`,
  );

/** A root, an intermediate authority signed by it, and a certificate of the latter, made by openssl(1). */
function makeChain(at: string) {
  const path = (name: string) => join(at, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const request = (name: string) =>
    openssl(
      ...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`],
      ...['-keyout', path(`${name}.key`), '-out', path(`${name}.csr`)],
    );
  const sign = (name: string, by: string | undefined, extensions: string) => {
    request(name);
    writeFileSync(path('extensions'), extensions);
    const signer = by
      ? ['-CA', path(`${by}.pem`), '-CAkey', path(`${by}.key`), '-CAcreateserial']
      : ['-signkey', path(`${name}.key`)];
    openssl(
      ...['x509', '-req', '-in', path(`${name}.csr`), '-out', path(`${name}.pem`), '-days', '365'],
      ...['-extfile', path('extensions'), ...signer],
    );
    return readFileSync(path(`${name}.pem`), 'utf8');
  };
  const authority = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
  const root = sign('root', undefined, authority);
  const middle = sign('middle', 'root', authority);
  const leaf = sign('net-vm', 'middle', 'subjectAltName=DNS:net-vm\nextendedKeyUsage=serverAuth,clientAuth\n');
  return { root, middle, leaf, key: readFileSync(path('net-vm.key'), 'utf8') };
}

const rejected = expect.stringMatching(
  /^problem: cert\.pem is rejected by a peer with this ca-cert\.pem: \S.* \(\w+\)$/,
) as string;

describe('an inspection', () => {
  beforeEach(async () => {
    for (const name of ['ca-cert.pem', 'cert.pem', 'key.pem']) rmSync(file(name), { recursive: true, force: true });
    await put();
  });

  it('finds no problem in a valid folder', async () => {
    expect(await found({ name: 'net-vm', addresses: ['192.168.101.6', '::ffff:192.168.101.6'] })).toEqual([]);
  });

  it('finds all files that are missing, unreadable or of another kind', async () => {
    unlinkSync(file('ca-cert.pem'));
    writeFileSync(file('cert.pem'), 'x');
    unlinkSync(file('key.pem'));
    mkdirSync(file('key.pem'));
    expect(await found()).toEqual([
      'problem: ca-cert.pem is missing',
      'problem: cert.pem is not a PEM certificate',
      expect.stringMatching(/^problem: key.pem cannot be read: .*EISDIR/),
    ]);
  });

  it.each<[string, () => unknown, string[]]>([
    [
      'another authority of the same name',
      () => writeFileSync(file('ca-cert.pem'), createAuthority({ name: 'Test' }).certificate),
      [rejected],
    ],
    [
      'no authority',
      () => writeFileSync(file('ca-cert.pem'), authority.issue({ name: 'a', addresses: [] }).certificate),
      ['problem: ca-cert.pem is not the certificate of an authority', rejected],
    ],
    ['a client only', () => put({ usages: ['clientAuth'] }), ['problem: cert.pem may not be a server (serverAuth)']],
    ['a server only', () => put({ usages: ['serverAuth'] }), ['problem: cert.pem may not be a client (clientAuth)']],
    [
      'the key of another machine',
      () => writeFileSync(file('key.pem'), createAuthority().key),
      ['problem: key.pem does not belong to cert.pem'],
    ],
    [
      'a key that is none',
      () => writeFileSync(file('key.pem'), 'x'),
      ['problem: key.pem is not an unencrypted PEM private key'],
    ],
    [
      'a key for the group',
      () => chmodSync(file('key.pem'), 0o640),
      ['warning: key.pem is open to its group (mode 0640)'],
    ],
    ['a key for all', () => chmodSync(file('key.pem'), 0o644), ['warning: key.pem is open to all users (mode 0644)']],
  ])('finds %s', async (_, spoil, findings) => {
    await spoil();
    expect(await found()).toEqual(findings);
  });

  it('finds a wrong name and missing addresses', async () => {
    expect(await found({ name: 'gui-vm', addresses: ['192.168.101.7', '192.168.101.6'] })).toEqual([
      'problem: cert.pem is the certificate of net-vm, not of gui-vm',
      'problem: cert.pem is not for the address 192.168.101.7',
    ]);
    await expect(found({ name: 'no name' })).rejects.toThrow(/^name: /);
    await expect(found({ addresses: ['net-vm'] })).rejects.toThrow(/^addresses: /);
  });

  it('finds certificates that expire soon, have expired or are not yet valid, also of the authority', async () => {
    expect(await found({}, Date.now() + 340 * day)).toEqual(['warning: cert.pem ends in 24 days']);
    expect(await found({}, Date.now() + 366 * day)).toEqual([
      expect.stringMatching(/^problem: cert.pem ended on .* UTC$/),
    ]);
    expect(await found({}, Date.now() - day)).toEqual([
      expect.stringMatching(/^problem: ca-cert.pem is not valid before .* UTC$/),
      expect.stringMatching(/^problem: cert.pem is not valid before .* UTC$/),
    ]);
    expect((await found({}, Date.now() + 3651 * day))[0]).toMatch(/^problem: ca-cert.pem ended on .* UTC$/);
  });

  it('accepts a chain with a trusted root, and rejects one with only a trusted intermediate', async () => {
    const { root, middle, leaf, key } = makeChain(folder);
    writeFileSync(file('key.pem'), key);
    writeFileSync(file('cert.pem'), leaf + middle);
    writeFileSync(file('ca-cert.pem'), root);
    expect(await found()).toEqual([]);
    writeFileSync(file('cert.pem'), leaf);
    expect(await found()).toEqual([rejected]);
    writeFileSync(file('ca-cert.pem'), middle);
    expect(await found()).toEqual([rejected]);
    writeFileSync(file('ca-cert.pem'), root + middle);
    expect(await found()).toEqual([]);
  });

  it('warns in the last fifth of a lifetime that is shorter than 150 days', async () => {
    await put({ days: 1, notBefore: new Date(Date.now() - day / 2) });
    expect(await found()).toEqual([]);
    await put({ days: 1, notBefore: new Date(Date.now() - 0.9 * day) });
    expect(await found()).toEqual(['warning: cert.pem ends in 2 hours']);
  });

  it('trusts any of several authorities', async () => {
    writeFileSync(file('ca-cert.pem'), createAuthority().certificate + authority.certificate);
    expect(await found()).toEqual([]);
  });

  it('lists the trusted authorities, and the one to which the chain leads', async () => {
    const { root, middle, leaf, key } = makeChain(folder);
    writeFileSync(file('key.pem'), key);
    writeFileSync(file('cert.pem'), leaf + middle);
    writeFileSync(file('ca-cert.pem'), authority.certificate + root);
    const { authorities } = await inspectFolder(folder, checkChain);
    expect(authorities.map(({ subject, isIssuer }) => [subject, isIssuer])).toEqual([
      ['CN=Test', false],
      ['CN=root', true],
    ]);
  });

  it('only warns of an expired authority when another one has issued the certificate', async () => {
    const ended = createAuthority({ name: 'Old', notBefore: new Date(Date.now() - 2 * day), days: 1 });
    writeFileSync(file('ca-cert.pem'), authority.certificate + ended.certificate);
    expect(await found()).toEqual([expect.stringMatching(/^warning: ca-cert.pem has CN=Old, which ended on .* UTC$/)]);
    await put({ days: 0.5, notBefore: new Date(Date.now() - 2 * day) }, ended);
    expect((await found())[0]).toMatch(/^problem: ca-cert.pem ended on .* UTC$/);
  });

  it('finds an incomplete certificate among several', async () => {
    const { certificate } = createAuthority();
    writeFileSync(file('ca-cert.pem'), authority.certificate + certificate.slice(0, certificate.indexOf('-----END')));
    expect(await found()).toEqual(['problem: ca-cert.pem is not a PEM certificate']);
  });
});
