// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ExecutionContext } from '@nestjs/common';
import type { PeerCertificate } from 'node:tls';
import type { TlsIdentity } from '@givc/rpc';
import { Access } from '../access.js';
import { Audit } from '../audit/audit.js';
import { CallerCertificateGuard } from './caller-certificate.guard.js';

const ends = Date.UTC(2026, 10, 25, 8);
const certificate = (subjectaltname: string) =>
  ({
    ...{ subjectaltname, serialNumber: '01' },
    ...{ valid_from: 'Nov 24 08:00:00 2026 GMT', valid_to: 'Nov 25 08:00:00 2026 GMT' },
  }) as PeerCertificate;

const contextOf = (sslPeerCertificate: PeerCertificate | undefined, from: string): ExecutionContext => {
  const call = {
    getAuthContext: () => (sslPeerCertificate ? { sslPeerCertificate } : {}),
    getPeer: () => from,
    getPath: () => '/admin.AdminService/QueryList',
  };
  return { getArgs: () => [{}, {}, call] } as unknown as ExecutionContext;
};

describe('the identity of a caller', () => {
  const lines: Record<string, unknown>[] = [];
  let guard: CallerCertificateGuard;

  beforeEach(() => {
    jest.useFakeTimers({ now: ends });
    lines.length = 0;
    guard = guardOf({ onRejected: () => undefined } as unknown as TlsIdentity);
  });

  afterEach(() => jest.useRealTimers());

  function guardOf(identity: TlsIdentity | undefined): CallerCertificateGuard {
    const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
    const audit = new Audit({ write, reload: () => undefined, close: () => undefined });
    return new CallerCertificateGuard(new Access({ identity, rules: undefined, audit, denial: 'denied' }));
  }

  const mapped = 'IP Address:0:0:0:0:0:FFFF:A00:1';

  it.each([
    ['its IPv4 address', 'DNS:net-vm, IP Address:10.0.0.1', '10.0.0.1:5000'],
    ['its IPv4 address, as a socket of IPv6 shows it', 'DNS:net-vm, IP Address:10.0.0.1', '::ffff:10.0.0.1:5000'],
    ['the IPv4 address of an IPv4-mapped one', `DNS:net-vm, ${mapped}`, '10.0.0.1:5000'],
    ['its IPv6 address', 'DNS:net-vm, IP Address:FD00:0:0:0:0:0:0:1', 'fd00::1:5000'],
    ['a unix socket, which has no address', 'DNS:net-vm', 'unknown'],
  ])('is accepted from %s', (_, names, from) => {
    expect(guard.canActivate(contextOf(certificate(names), from))).toBe(true);
    expect(lines).toEqual([]);
  });

  it.each([
    ['another IPv4 address', 'DNS:net-vm, IP Address:10.0.0.1', '10.0.0.2:5000', '10.0.0.2'],
    ['another one as IPv6', 'DNS:net-vm, IP Address:10.0.0.1', '::ffff:10.0.0.2:5000', '::ffff:10.0.0.2'],
    ['an IPv6 address', 'DNS:net-vm, IP Address:10.0.0.1', '::a00:1:5000', '::a00:1'],
    ['any address, where it names none', 'DNS:net-vm', '10.0.0.1:5000', '10.0.0.1'],
  ])('is rejected from %s, which is recorded', (_, names, from, address) => {
    const problem = `the certificate of net-vm is not for the address ${address}`;
    const guarded = () => guard.canActivate(contextOf(certificate(names), from));
    expect(guarded).toThrow(expect.objectContaining({ reason: 'PERMISSION_DENIED', message: problem }) as Error);
    expect(lines).toEqual([
      expect.objectContaining({
        ...{ peer: 'net-vm', address, rpc: '/admin.AdminService/QueryList', answer: 'PERMISSION_DENIED' },
        reason: problem,
      }),
    ]);
    expect(guarded).toThrow('is not for the address');
  });

  it('is rejected without a DNS name, whatever the address', () => {
    for (const from of ['10.0.0.1:5000', 'unknown'])
      expect(() => guard.canActivate(contextOf(certificate('IP Address:10.0.0.1'), from))).toThrow(
        expect.objectContaining({
          reason: 'PERMISSION_DENIED',
          message: 'the certificate has no DNS name, so the caller is unknown',
        }) as Error,
      );
  });

  it('is UNAUTHENTICATED on a TLS listener without a certificate, which is recorded', () => {
    const problem = 'the caller has no certificate';
    for (const from of ['10.0.0.1:5000', 'unknown'])
      expect(() => guard.canActivate(contextOf(undefined, from))).toThrow(
        expect.objectContaining({ reason: 'UNAUTHENTICATED', message: problem }) as Error,
      );
    expect(lines.map(({ answer, reason }) => [answer, reason])).toEqual([
      ['UNAUTHENTICATED', problem],
      ['UNAUTHENTICATED', problem],
    ]);
  });

  it('is UNAUTHENTICATED once its certificate has expired, even when an earlier call was accepted', () => {
    const context = contextOf(certificate('DNS:net-vm, IP Address:10.0.0.1'), '10.0.0.1:5000');
    expect(guard.canActivate(context)).toBe(true);
    jest.setSystemTime(ends + 1);
    const problem = 'the certificate of the caller expired on 2026-11-25T08:00:00.000Z';
    expect(() => guard.canActivate(context)).toThrow(
      expect.objectContaining({ reason: 'UNAUTHENTICATED', message: problem }) as Error,
    );
    expect(lines).toEqual([
      expect.objectContaining({ peer: 'net-vm', address: '10.0.0.1', answer: 'UNAUTHENTICATED', reason: problem }),
    ]);
    jest.setSystemTime(ends);
    expect(guard.canActivate(context)).toBe(true);
  });

  it('is not verified without TLS', () => {
    expect(guardOf(undefined).canActivate(contextOf(undefined, '10.0.0.1:5000'))).toBe(true);
  });
});
