// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { Access, authorizationRequest, type AccessFiles } from '@givc/access';
import { Log } from '@givc/log';
import type { VmName } from '@givc/model';
import { createAuthority, writeCertificates } from '@givc/pki';
import type { RejectedPeer } from '@givc/rpc';

const question = authorizationRequest('cli', '/admin.AdminService/QueryList', {});

describe('the files that decide who may do what', () => {
  const authority = createAuthority();
  let folder: string;
  let lines: string[];
  let opened: Access | undefined;
  const path = (name: string) => join(folder, name);
  const log = new Log('debug', (line) => lines.push(line.trimEnd()), false);
  const open = async (files: Partial<AccessFiles>): Promise<Access> => {
    const none = { tls: undefined, revocations: undefined, rules: undefined };
    opened = await Access.open('denied', { ...none, audit: path('audit'), ...files }, log);
    return opened;
  };
  const tls = () => ({ ca: path('ca-cert.pem'), cert: path('cert.pem'), key: path('key.pem') });
  const issue = (issuer = authority) => issuer.issue({ name: 'net-vm', addresses: ['127.0.0.1'] });
  const reload = () => {
    lines.length = 0;
    for (const one of opened!.live) one.reload();
    return lines;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-'));
    lines = [];
    opened = undefined;
    await writeCertificates(folder, authority, issue());
    writeFileSync(path('rules.cedar'), 'permit(principal, action, resource);');
    writeFileSync(path('revoked'), 'name gui-vm\n');
  });
  afterEach(() => {
    for (const one of opened?.live ?? []) one.close();
    rmSync(folder, { recursive: true });
  });

  it('may be absent: then no caller has a name and nothing is denied', async () => {
    const { identity, rules, denial, live } = await open({});
    expect({ identity, rules, denial, live: live.length }).toEqual({
      identity: undefined,
      rules: undefined,
      denial: 'denied',
      // The audit log.
      live: 1,
    });
  });

  it.each<[string, () => Partial<AccessFiles>, string]>([
    [
      'rules without TLS',
      () => ({ rules: path('rules.cedar') }),
      'access control needs TLS: without it callers have no names',
    ],
    [
      'changes from one caller alone without TLS',
      () => ({ changesOnlyFrom: 'admin-vm' as VmName }),
      'changes from admin-vm alone need TLS',
    ],
    [
      'revocations without TLS',
      () => ({ revocations: path('revoked') }),
      'need TLS: without it callers have no certificates',
    ],
    ['rules that cannot be read', () => ({ tls: tls(), rules: path('missing') }), 'cannot read the rules'],
    ['revocations that cannot be read', () => ({ tls: tls(), revocations: path('missing') }), 'cannot read'],
    ['a certificate that cannot be read', () => ({ tls: { ...tls(), cert: path('missing') } }), 'cannot read'],
  ])('are rejected: %s', async (_, files, message) => {
    await expect(open(files())).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });

  it.each<[string, () => Partial<AccessFiles>, number]>([
    ['is logged once as a warning without rules and without a single caller for changes', () => ({}), 1],
    ['is not a warning with rules', () => ({ rules: path('rules.cedar') }), 0],
    ['is not a warning when changes are for one caller', () => ({ changesOnlyFrom: 'admin-vm' as VmName }), 0],
  ])('access control that is off %s', async (_, files, warnings) => {
    await open({ tls: tls(), ...files() });
    expect(lines.map((line) => line.includes('access control is off'))).toEqual(Array<boolean>(warnings).fill(true));
  });

  // With the one that looks at the certificate itself.
  it('are all followed for changes', async () => {
    await open({ tls: tls() });
    expect(opened!.live).toHaveLength(3);
    await open({ tls: tls(), revocations: path('revoked'), rules: path('rules.cedar') });
    expect(opened!.live).toHaveLength(5);
  });

  it('log nothing when they are read again without a change', async () => {
    await open({ tls: tls(), revocations: path('revoked'), rules: path('rules.cedar') });
    const replaced = jest.fn();
    opened!.identity!.onNewCertificate(replaced);
    const verified = jest.spyOn(opened!.identity!, 'verifyPeersWith');
    expect(reload()).toEqual([]);
    expect(replaced).not.toHaveBeenCalled();
    expect(verified).not.toHaveBeenCalled();
  });

  it('may begin with a byte order mark and have line ends of DOS', async () => {
    writeFileSync(path('rules.cedar'), '\ufeffforbid(principal, action, resource);\r\n');
    writeFileSync(path('revoked'), '\ufeffname gui-vm\r\nserial 0B\r\n');
    for (const name of ['ca-cert.pem', 'cert.pem', 'key.pem'])
      writeFileSync(path(name), `\ufeff${readFileSync(path(name), 'utf8').replaceAll('\n', '\r\n')}`);
    const { rules } = await open({ tls: tls(), revocations: path('revoked'), rules: path('rules.cedar') });
    expect(rules!.decide(question)).toMatchObject({ allowed: false });
    writeFileSync(path('rules.cedar'), 'forbid(principal, action, resource);\r\n');
    writeFileSync(path('revoked'), 'name gui-vm\r\nserial 0B\r\n');
    expect(reload()).toEqual([]);
  });

  it('cause a log line that names the changed file', async () => {
    await open({ tls: tls(), revocations: path('revoked'), rules: path('rules.cedar') });
    writeFileSync(path('rules.cedar'), 'forbid(principal, action, resource);');
    expect(reload()).toEqual(['info: the rules of access control reloaded']);
    expect(opened!.rules!.decide(question)).toMatchObject({ allowed: false });
    writeFileSync(path('revoked'), 'name net-vm\n');
    expect(reload()).toEqual(['info: the revocations reloaded']);
    expect(reload()).toEqual([]);
    await writeCertificates(folder, authority, issue());
    expect(reload()).toEqual(['info: the certificate reloaded']);
    expect(opened!.identity!.material.cert).toEqual(readFileSync(path('cert.pem')));
    expect(reload()).toEqual([]);
  });

  it('count as a new certificate even when only its authority or its key has changed', async () => {
    await open({ tls: tls() });
    writeFileSync(path('ca-cert.pem'), createAuthority().certificate);
    expect(reload()).toEqual(['info: the certificate reloaded']);
    writeFileSync(path('key.pem'), `${readFileSync(path('key.pem'), 'utf8')}\n`);
    expect(reload()).toEqual(['info: the certificate reloaded']);
    writeFileSync(path('cert.pem'), `${readFileSync(path('cert.pem'), 'utf8')}\n`);
    expect(reload()).toEqual(['info: the certificate reloaded']);
  });

  it('reject revoked certificates from the start', async () => {
    const { identity } = await open({ tls: tls(), revocations: path('revoked') });
    const certificate = {
      ...{ subjectaltname: 'DNS:gui-vm', serialNumber: '0A', valid_from: 'Nov 24 08:00:00 2026 GMT' },
      valid_to: 'Nov 24 08:00:00 2126 GMT',
    } as PeerCertificate;
    const socket = { getPeerCertificate: () => certificate, remoteAddress: '10.0.0.7', destroy: jest.fn() };
    const rejected: RejectedPeer[] = [];
    identity!.onRejected((peer) => rejected.push(peer));
    const why = 'its certificate is revoked by its name gui-vm';
    expect(identity!.accept(socket as unknown as TLSSocket)).toBe(why);
    expect(socket.destroy).toHaveBeenCalledTimes(1);
    expect(rejected).toEqual([{ address: '10.0.0.7', certificate, reason: why }]);
    expect(JSON.parse(readFileSync(path('audit'), 'utf8'))).toMatchObject({
      ...{ peer: 'gui-vm', address: '10.0.0.7', answer: 'TLS', reason: why },
    });
  });
});
