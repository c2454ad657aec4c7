// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunningCli, type CliRun } from '../running-cli.fixture.js';

const root = mkdtempSync(join(tmpdir(), 'givc-certs-'));
const path = (...parts: string[]): string => join(root, ...parts);
afterAll(() => rmSync(root, { recursive: true }));

/** The output of the command, without the folder of this test. */
async function certs(...args: string[]): Promise<CliRun> {
  const { status, out, err } = await new RunningCli(['certs', ...args]).ended;
  return { status, out: out.replaceAll(`${root}/`, ''), err: err.replaceAll(`${root}/`, '') };
}

const issue = (name: string, ...flags: string[]) =>
  certs('issue', name, '--authority', path('ca'), '--out', path(name), ...flags);
const issueAll = (machines: unknown, ...flags: string[]) => {
  writeFileSync(path('machines.json'), JSON.stringify({ machines }));
  return certs('issue-all', path('machines.json'), '--authority', path('ca'), '--out', path('all'), ...flags);
};

beforeAll(async () => {
  expect(await certs('authority', path('ca'), '--name', 'Our computer')).toEqual({
    status: 0,
    out: 'Made an authority in ca. Keep ca-key.pem to yourself.\n',
    err: '',
  });
});

describe('givc-cli certs', () => {
  it('does not replace an authority without --force', async () => {
    const before = readFileSync(path('ca', 'ca-key.pem'), 'utf8');
    const { status, err } = await certs('authority', path('ca'));
    expect(status).toBe(1);
    expect(err).toBe('givc-cli: ca/ca-key.pem is there already; with --force a new authority replaces it\n');
    expect(readFileSync(path('ca', 'ca-key.pem'), 'utf8')).toBe(before);
  });

  it('issues, keeps or renews certificates, and prints which', async () => {
    const first = await issue('net-vm', '--ip', '192.168.101.6', '--ip', 'fd00::6');
    expect(first).toMatchObject({ status: 0, err: '' });
    expect(first.out).toMatch(/^net-vm: issued, valid until .* UTC, net-vm\n$/);
    expect((await issue('net-vm', '--ip', 'fd00:0::6', '--ip', '192.168.101.6')).out).toBe('net-vm: kept, net-vm\n');
    expect((await issue('net-vm', '--ip', '192.168.101.6')).out).toMatch(
      /^net-vm: renewed \(was for 192.168.101.6, fd00::6\), valid until .* UTC, net-vm\n$/,
    );
    expect((await issue('net-vm', '--ip', '192.168.101.6', '--renew-within', '365')).out).toMatch(
      /^net-vm: renewed \(ends on /,
    );
    expect((await issue('net-vm', '--force')).out).toMatch(/^net-vm: issued/);
  });

  it('names the certificate that must not be replaced', async () => {
    await issue('gui-vm');
    expect(await certs('issue', 'audio-vm', '--authority', path('ca'), '--out', path('gui-vm'))).toEqual({
      status: 1,
      out: '',
      err: 'givc-cli: gui-vm/cert.pem is the certificate of gui-vm, not of audio-vm; with --force a new one replaces it\n',
    });
  });

  it.each([
    [['--key-type', 'dsa'], '--key-type: invalid key type "dsa": expected p256, rsa, ed25519'],
    [['--usage', 'all'], '--usage: invalid usage "all": expected both, server, client'],
    [['--ip', 'x'], '--ip: invalid IP address "x"'],
    [['--image', 'ext3'], '--image: invalid image "ext3": expected ext4'],
    [['--image', 'ext4', '--image-size', '1G'], '--image-size: invalid image size "1G"'],
    [['--image-size', '1M'], '--image-size: it needs --image ext4'],
  ])('rejects %j before it writes a file', async (flags, problem) => {
    const { status, err } = await issue('wrong-vm', ...flags);
    expect(status).toBe(2);
    expect(err).toContain(`givc-cli: ${problem}`);
    expect(readdirSync(root)).not.toContain('wrong-vm');
  });

  it('issues all machines of an inventory, with images, and keeps them the next time', async () => {
    const machines = [
      { name: 'net-vm', addresses: ['192.168.101.6'], image: { type: 'ext4' } },
      { name: 'gui-vm', keyType: 'ed25519' },
    ];
    const { status, out } = await issueAll(machines);
    expect(status).toBe(0);
    expect(out).toMatch(
      /^net-vm: issued, .*, all\/net-vm, image all\/net-vm.img\ngui-vm: issued, valid until .*, all\/gui-vm\n$/,
    );
    expect(readdirSync(path('all')).toSorted()).toEqual(['gui-vm', 'net-vm', 'net-vm.img']);
    const again = 'net-vm: kept, all/net-vm, image all/net-vm.img\ngui-vm: kept, all/gui-vm\n';
    expect((await issueAll(machines)).out).toBe(again);
    expect((await certs('verify', path('all', 'gui-vm'))).status).toBe(0);
  });

  it('writes nothing of an inventory when a file of one machine must not be replaced', async () => {
    await issueAll([{ name: 'a' }], '--force');
    unlinkSync(path('all', 'a', 'key.pem'));
    writeFileSync(path('all', 'c.img'), 'precious');
    const before = readdirSync(path('all'));
    const { status, err } = await issueAll([{ name: 'b' }, { name: 'a' }, { name: 'c', image: { type: 'ext4' } }]);
    expect(status).toBe(1);
    expect(err).toMatch(
      /^givc-cli: all\/a\/cert.pem is there without its private key; .*; all\/c.img is not an image .*\n$/,
    );
    expect(readdirSync(path('all'))).toEqual(before);
  });

  it('names the first ten machines whose files must not be replaced, and counts the rest', async () => {
    const machines = Array.from({ length: 12 }, (_, at) => ({ name: `taken-${at}`, image: { type: 'ext4' } }));
    for (const { name } of machines) writeFileSync(path('all', `${name}.img`), 'precious');
    const { status, err } = await issueAll(machines);
    expect(status).toBe(1);
    expect(err).toMatch(
      /^givc-cli: (all\/taken-\d\.img is not an image [^;]*; with [^;]*; ){10}and 2 more mistakes\n$/,
    );
  });

  it('shows the certificates of a folder as text and as JSON', async () => {
    await issue('show-vm', '--ip', '10.0.0.1', '--key-type', 'rsa');
    const { out } = await certs('show', path('show-vm'));
    expect(out).toMatch(/^FILE +show-vm\/cert.pem\nSubject +CN=show-vm\nDNS names +show-vm\nAddresses +10.0.0.1\n/);
    expect(out).toMatch(/\n\nFILE +show-vm\/ca-cert.pem\nSubject +CN=Our computer\n/);
    const [shown] = JSON.parse((await certs('show', '--as-json', path('show-vm', 'cert.pem'))).out) as unknown[];
    expect(shown).toMatchObject({
      file: 'show-vm/cert.pem',
      dnsNames: ['show-vm'],
      issuer: 'CN=Our computer',
      keyType: 'rsa',
      daysLeft: 364,
      fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
    });
    expect(await certs('show', path('show-vm', 'key.pem'))).toEqual({
      status: 1,
      out: '',
      err: 'givc-cli: show-vm/key.pem has no PEM certificate\n',
    });
    expect((await certs('show', root)).err).toMatch(/has neither cert.pem nor ca-cert.pem/);
  });

  it('verifies a folder: a line for each finding, and status 1 when a daemon cannot use it', async () => {
    await issue('verify-vm', '--ip', '10.0.0.1', '--days', '20');
    const right = await certs('verify', path('verify-vm'), '--name', 'verify-vm', '--ip', '10.0.0.1');
    expect(right).toMatchObject({ status: 0, err: '' });
    expect(right.out).toMatch(
      /^verify-vm is right: verify-vm, 10\.0\.0\.1, ends in 19 days\. It is signed by CN=Our computer \(SHA-256 ([0-9A-F]{2}:){7}[0-9A-F]{2}\.\.\.\), the only authority that it trusts\.\n$/,
    );
    const wrong = await certs('verify', path('verify-vm'), '--name', 'net-vm', '--as-json');
    expect(wrong).toMatchObject({ status: 1, err: 'givc-cli: no daemon can use verify-vm: 1 problem\n' });
    expect(JSON.parse(wrong.out)).toMatchObject({
      folder: 'verify-vm',
      right: false,
      findings: [{ severity: 'problem', what: 'is the certificate of verify-vm, not of net-vm' }],
    });
  });
});
