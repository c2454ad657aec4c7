import { chmodSync, mkdirSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from './authority.js';
import { inspectFolder, type Expected } from './inspect-folder.js';
import { type IssueOptions } from './issue.js';
import { writeCertificates } from './write-certificates.js';

const day = 24 * 3600 * 1000;
const authority = createAuthority({ name: 'Test' });
const folder = mkdtempSync(join(tmpdir(), 'givc-inspect-'));
const file = (name: string): string => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));

const put = (options: Partial<IssueOptions> = {}, by = authority): Promise<void> =>
  writeCertificates(folder, by, by.issue({ name: 'net-vm', addresses: ['192.168.101.6'], ...options }));
const found = (expected?: Expected, now?: number): string[] =>
  inspectFolder(folder, expected, now).findings.map(
    ({ severity, file, what }) => `${severity}: ${file.slice(folder.length + 1)} ${what}`,
  );

describe('an inspection', () => {
  beforeEach(async () => {
    for (const name of ['ca-cert.pem', 'cert.pem', 'key.pem']) rmSync(file(name), { recursive: true, force: true });
    await put();
  });

  it('finds nothing where everything is right', () => {
    expect(found({ name: 'net-vm', addresses: ['192.168.101.6', '::ffff:192.168.101.6'] })).toEqual([]);
  });

  it('finds files that are missing, cannot be read or are something else, all at once', () => {
    unlinkSync(file('ca-cert.pem'));
    writeFileSync(file('cert.pem'), 'x');
    unlinkSync(file('key.pem'));
    mkdirSync(file('key.pem'));
    expect(found()).toEqual([
      'problem: ca-cert.pem is missing',
      'problem: cert.pem is no certificate in PEM',
      expect.stringMatching(/^problem: key.pem cannot be read: .*EISDIR/),
    ]);
  });

  it.each<[string, () => unknown, string[]]>([
    [
      'another authority of the same name',
      () => writeFileSync(file('ca-cert.pem'), createAuthority({ name: 'Test' }).certificate),
      ['problem: cert.pem was not signed by ca-cert.pem but by CN=Test or its namesake'],
    ],
    [
      'no authority',
      () => writeFileSync(file('ca-cert.pem'), authority.issue({ name: 'a', addresses: [] }).certificate),
      [
        'problem: ca-cert.pem is not the certificate of an authority',
        'problem: cert.pem was not signed by ca-cert.pem but by CN=Test or its namesake',
      ],
    ],
    ['a client only', () => put({ usages: ['clientAuth'] }), ['problem: cert.pem may not be a server (serverAuth)']],
    ['a server only', () => put({ usages: ['serverAuth'] }), ['problem: cert.pem may not be a client (clientAuth)']],
    [
      'the key of somebody else',
      () => writeFileSync(file('key.pem'), createAuthority().key),
      ['problem: key.pem does not belong to cert.pem'],
    ],
    [
      'a key that is none',
      () => writeFileSync(file('key.pem'), 'x'),
      ['problem: key.pem is no private key in PEM without a passphrase'],
    ],
    [
      'a key for the group',
      () => chmodSync(file('key.pem'), 0o640),
      ['warning: key.pem is open to its group (mode 0640)'],
    ],
    ['a key for all', () => chmodSync(file('key.pem'), 0o644), ['warning: key.pem is open to everybody (mode 0644)']],
  ])('finds %s', async (_, spoil, findings) => {
    await spoil();
    expect(found()).toEqual(findings);
  });

  it('finds another name, and addresses that are missing', () => {
    expect(found({ name: 'gui-vm', addresses: ['192.168.101.7', '192.168.101.6'] })).toEqual([
      'problem: cert.pem is the certificate of net-vm, not of gui-vm',
      'problem: cert.pem is not for the address 192.168.101.7',
    ]);
    expect(() => found({ name: 'no name' })).toThrow(/^name: /);
    expect(() => found({ addresses: ['net-vm'] })).toThrow(/^addresses: /);
  });

  it('finds what ends soon, has ended or has not begun, also of the authority', () => {
    expect(found({}, Date.now() + 340 * day)).toEqual(['warning: cert.pem ends in 24 days']);
    expect(found({}, Date.now() + 366 * day)).toEqual([expect.stringMatching(/^problem: cert.pem ended on .* UTC$/)]);
    expect(found({}, Date.now() - day)).toEqual([
      expect.stringMatching(/^problem: ca-cert.pem is not valid before .* UTC$/),
      expect.stringMatching(/^problem: cert.pem is not valid before .* UTC$/),
    ]);
    expect(found({}, Date.now() + 3651 * day)[0]).toMatch(/^problem: ca-cert.pem ended on .* UTC$/);
  });

  it('trusts any of several authorities', () => {
    writeFileSync(file('ca-cert.pem'), createAuthority().certificate + authority.certificate);
    expect(found()).toEqual([]);
  });
});
