// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseCertificates } from '@givc/pki';
import { RunningCli, type CliRun } from '../running-cli.fixture.js';

const root = mkdtempSync(join(tmpdir(), 'givc-authority-'));
const path = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true }));

/** The output of the command, without the folder of this test. */
async function certs(...args: string[]): Promise<CliRun> {
  const { status, out, err } = await new RunningCli(['certs', ...args]).ended;
  return { status, out: out.replaceAll(`${root}/`, ''), err: err.replaceAll(`${root}/`, '') };
}
const issue = (authority: string, ...flags: string[]) =>
  certs('issue', 'net-vm', '--authority', path(authority), '--out', path('net-vm'), ...flags);
const subjects = (...file: string[]) =>
  parseCertificates(readFileSync(path(...file), 'utf8'))!.map(({ subject }) => subject);
const verified = async () => (await certs('verify', path('net-vm'))).out;
const verdict = async () => JSON.parse((await certs('verify', '--as-json', path('net-vm'))).out) as object;

describe('givc-cli certs', () => {
  beforeAll(async () => {
    await certs('authority', path('ca'), '--name', 'Old');
    await issue('ca');
  });

  it('makes a new authority whose ca-cert.pem also has the old one, without its key', async () => {
    unlinkSync(path('ca', 'ca-key.pem'));
    expect(await certs('authority', path('new'), '--name', 'New', '--replaces', path('ca'))).toEqual({
      status: 0,
      out: 'Made an authority in new. Keep ca-key.pem to yourself. It replaces the authority of ca, which ca-cert.pem trusts besides.\n',
      err: '',
    });
    expect(subjects('new', 'ca-cert.pem')).toEqual(['CN=New', 'CN=Old']);
  });

  it('does not replace a folder that is not an authority', async () => {
    expect(await certs('authority', path('other'), '--replaces', path('nowhere'))).toMatchObject({
      status: 1,
      err: expect.stringContaining('givc-cli: nowhere/ca-cert.pem is missing'),
    });
  });

  it('makes a machine trust both authorities with its present certificate, which verify reports', async () => {
    const before = readFileSync(path('net-vm', 'cert.pem'), 'utf8');
    expect(await issue('new', '--ca-only')).toEqual({
      status: 0,
      out: 'net-vm: kept, and trusts 2 authorities, net-vm\n',
      err: '',
    });
    expect(readFileSync(path('net-vm', 'cert.pem'), 'utf8')).toBe(before);
    expect(await verified()).toMatch(
      /It is signed by an older authority, CN=Old \(SHA-256 .*\); peers with certificates of any of the 2 authorities that it trusts can connect to it\. Once all machines trust the newest, issue it again\.\n$/,
    );
    expect(await verdict()).toMatchObject({
      change: 'trusted',
      authorities: [
        { subject: 'CN=New', isIssuer: false },
        { subject: 'CN=Old', isIssuer: true },
      ],
    });
  });

  it('renews a certificate of the old authority by the new one, which verify reports', async () => {
    expect((await issue('new')).out).toMatch(/^net-vm: renewed \(came from the authority that this one replaces\), /);
    expect(await verified()).toMatch(
      /It is signed by the newest authority, CN=New \(.*\); peers .* can connect to it\. Once all machines have such certificates, drop the older\.\n$/,
    );
    expect(await verdict()).toMatchObject({ change: 'issued' });
  });

  it('ends the change of an authority, first in the folder of the authority, then in that of each machine', async () => {
    expect((await certs('authority', path('new'), '--alone')).out).toBe(
      'new/ca-cert.pem trusts the authority alone, and not the authority that it replaced any more.\n',
    );
    expect((await certs('authority', path('new'), '--alone')).out).toBe(
      'new/ca-cert.pem trusts the authority alone already.\n',
    );
    expect((await issue('new')).out).toBe('net-vm: kept, net-vm\n');
    expect(subjects('net-vm', 'ca-cert.pem')).toEqual(['CN=New', 'CN=Old']);
    expect((await issue('new', '--ca-only')).out).toBe('net-vm: kept, and trusts one authority, net-vm\n');
    expect(subjects('net-vm', 'ca-cert.pem')).toEqual(['CN=New']);
    expect(await verified()).toContain('It is signed by CN=New');
    expect(await verdict()).toMatchObject({ change: 'none' });
  });

  it.each([
    [['authority', 'new', '--alone', '--name', 'Other'], '--alone: makes no authority'],
    [['authority', 'new', '--alone', '--replaces', 'ca'], '--alone: makes no authority'],
    [
      ['issue', 'net-vm', '--authority', 'new', '--out', 'x', '--ca-only', '--force'],
      '--ca-only: cannot be combined with --force',
    ],
    [
      ['issue-all', 'x.json', '--authority', 'new', '--out', 'x', '--ca-only', '--force'],
      '--ca-only: cannot be combined with --force',
    ],
  ])('rejects %j', async (args, problem) => {
    const { status, err } = await certs(...args);
    expect([status, err]).toEqual([2, expect.stringContaining(`givc-cli: ${problem}`)]);
  });
});
