// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TlsIdentity, tryHandshake, type TlsMaterial } from '@givc/rpc';
import { Authority, createAuthority } from './authority.js';
import { inspectFolder } from './inspect-folder.js';
import { executePlan, planIssue, type FolderOptions } from './issue-into.js';
import { writeCertificates } from './write-certificates.js';

const checkChain = (material: TlsMaterial) => tryHandshake(new TlsIdentity(material));

const day = 24 * 3600 * 1000;
const authority = createAuthority();
const wanted: FolderOptions = { name: 'net-vm', addresses: ['192.168.101.6', 'fd00::6'] };

let root = '';
let folder = '';
beforeAll(() => void (root = mkdtempSync(join(tmpdir(), 'givc-issue-'))));
beforeEach(() => void (folder = join(mkdtempSync(join(root, 'case-')), 'net-vm')));
afterAll(() => rmSync(root, { recursive: true }));

const file = (name: string): string => join(folder, name);
const key = (): string => readFileSync(file('key.pem'), 'utf8');
const put = (options: Partial<FolderOptions> = {}, by = authority): Promise<void> =>
  writeCertificates(folder, by, by.issue({ ...wanted, ...options }));
const plan = (options: Partial<FolderOptions> = {}, now = Date.now()) =>
  planIssue(authority, folder, { ...wanted, ...options }, now);

describe('a folder of certificates', () => {
  it('is filled when it is empty, and then kept with its key', async () => {
    const first = plan();
    expect(first.kind).toBe('issue');
    await executePlan(authority, folder, first);
    expect((await inspectFolder(folder, checkChain, wanted)).findings).toEqual([]);
    expect(statSync(file('key.pem')).mode & 0o777).toBe(0o600);
    expect(plan()).toEqual({ kind: 'keep' });
    expect(plan({ addresses: ['FD00:0::6', '192.168.101.6'] })).toEqual({ kind: 'keep' });
  });

  it.each<[string, Partial<FolderOptions>, number, RegExp]>([
    ['ends soon', {}, 340 * day, /^ends on .* UTC$/],
    ['has ended', {}, 366 * day, /^ended on .* UTC$/],
    ['ends within the days that were named', { renewWithin: 100 }, 270 * day, /^ends on/],
    ['is for other addresses', { addresses: ['192.168.101.7'] }, 0, /^was for 192.168.101.6, fd00::6$/],
    ['has other usages', { usages: ['clientAuth'] }, 0, /^was for serverAuth and clientAuth$/],
    ['has a key of another type', { keyType: 'ed25519' }, 0, /^had a key of p256$/],
  ])('is renewed, with a new key, when it %s', async (_, options, later, reason) => {
    await put();
    const old = key();
    const next = plan(options, Date.now() + later);
    expect(next).toMatchObject({ kind: 'renew', reason: expect.stringMatching(reason) });
    await executePlan(authority, folder, next);
    expect(key()).not.toBe(old);
    expect((await inspectFolder(folder, checkChain)).findings.filter(({ file }) => file.endsWith('key.pem'))).toEqual(
      [],
    );
  });

  it('is not renewed each time because it was issued for less than 30 days', async () => {
    await put({ days: 9 });
    expect(plan({ days: 9 })).toEqual({ kind: 'keep' });
    expect(plan({ days: 9 }, Date.now() + 7 * day)).toMatchObject({ kind: 'renew' });
  });

  it.each<[string, () => unknown, string]>([
    [
      'the key of another machine',
      () => writeFileSync(file('key.pem'), createAuthority().key),
      'key.pem is not the pri',
    ],
    ['a key that is none', () => writeFileSync(file('key.pem'), 'x'), 'key.pem is not the private key of'],
    ['a key alone', () => unlinkSync(file('cert.pem')), 'key.pem is there without its certificate'],
    ['a certificate alone', () => unlinkSync(file('key.pem')), 'cert.pem is there without its private key'],
    ['a certificate that is none', () => writeFileSync(file('cert.pem'), 'x'), 'cert.pem is not a PEM certificate'],
    ['the certificate of another machine', () => put({ name: 'gui-vm' }), 'cert.pem is the certificate of gui-vm, not'],
    ['another authority', () => put({}, createAuthority()), 'ca-cert.pem is not the certificate of this authority'],
    [
      'a certificate of another authority',
      () => writeFileSync(file('cert.pem'), createAuthority().issue(wanted).certificate),
      'cert.pem comes from another authority',
    ],
    [
      'a certificate of the future',
      () => put({ notBefore: new Date(Date.now() + day), days: 1 }),
      'cert.pem is not valid before',
    ],
  ])('is not changed when it has %s, unless that is forced', async (_, spoil, problem) => {
    await put();
    await spoil();
    expect(() => plan()).toThrow(`${folder}/${problem}`);
    expect(() => plan()).toThrow('; with --force a new one replaces it');
    const forced = plan({ force: true });
    expect(forced.kind).toBe('issue');
    await executePlan(authority, folder, forced);
    expect((await inspectFolder(folder, checkChain, wanted)).findings).toEqual([]);
  });

  describe('whose authority is replaced', () => {
    const next = createAuthority({ replaces: [authority.certificate] });
    const alone = createAuthority();
    const planBy = (by: typeof authority, options: Partial<FolderOptions> = {}) =>
      planIssue(by, folder, { ...wanted, ...options });
    const carry = (by: typeof authority, options?: Partial<FolderOptions>) =>
      executePlan(by, folder, planBy(by, options));
    const contents = () => ['ca-cert.pem', 'cert.pem', 'key.pem'].map((name) => readFileSync(file(name), 'utf8'));

    it('first trusts both authorities, with its present certificate', async () => {
      await put();
      const [, cert, ownKey] = contents();
      expect(planBy(next, { caOnly: true })).toEqual({ kind: 'trust' });
      await carry(next, { caOnly: true });
      expect(contents()).toEqual([next.certificate + authority.certificate, cert, ownKey]);
      expect(planBy(next, { caOnly: true })).toEqual({ kind: 'keep' });
      const { findings, authorities } = await inspectFolder(folder, checkChain, wanted);
      expect([findings, authorities.map(({ isIssuer }) => isIssuer)]).toEqual([[], [false, true]]);
    });

    it('is then renewed by the new authority, and still trusts both', async () => {
      await put();
      await carry(next, { caOnly: true });
      expect(planBy(next)).toMatchObject({ kind: 'renew', reason: 'came from the authority that this one replaces' });
      await carry(next);
      expect(planBy(next)).toEqual({ kind: 'keep' });
      const { findings, authorities } = await inspectFolder(folder, checkChain, wanted);
      expect([findings, authorities.map(({ isIssuer }) => isIssuer)]).toEqual([[], [true, false]]);
    });

    it('finally trusts only the new authority', async () => {
      await writeCertificates(folder, next, next.issue(wanted));
      const [, cert, ownKey] = contents();
      const over = new Authority(next.certificate, createPrivateKey(next.key));
      expect(planBy(over)).toEqual({ kind: 'keep' });
      await carry(over);
      expect(contents()[0]).toBe(next.trusted);
      await carry(over, { caOnly: true });
      expect(contents()).toEqual([next.certificate, cert, ownKey]);
    });

    it('keeps the authority of its present certificate', async () => {
      await put();
      await carry(next, { caOnly: true });
      const over = new Authority(next.certificate, createPrivateKey(next.key));
      expect(() => planBy(over, { caOnly: true })).toThrow(`${folder}/cert.pem comes from another authority`);
    });

    it('is rejected when its certificate cannot be kept', () => {
      expect(() => planBy(next, { caOnly: true })).toThrow(
        `${folder}/cert.pem is missing: there is no certificate to keep; issue it (givc-cli certs issue)`,
      );
    });

    it('is not changed by an authority that replaces an unrelated one', async () => {
      await put();
      const message = `${folder}/ca-cert.pem is not the certificate of this authority`;
      expect(() => planBy(alone, { caOnly: true })).toThrow(message);
    });
  });

  it('gets a missing authority certificate restored, and keeps its key', async () => {
    await put();
    const old = key();
    unlinkSync(file('ca-cert.pem'));
    await executePlan(authority, folder, plan());
    expect((await inspectFolder(folder, checkChain)).findings).toEqual([]);
    expect(key()).toBe(old);
  });
});
