// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Log } from '@givc/log';
import type { HealthStatuses } from '@givc/rpc';
import type { Access } from '../access.js';
import { CertificateExpiry, certificateHealth } from './certificate-expiry.js';

const hour = 60 * 60 * 1_000;
const begins = new Date('2026-06-01T00:00:00Z');
/** Valid for a year from then. */
const cert = `-----BEGIN CERTIFICATE-----
MIIBhjCCASygAwIBAgIQSxXPBeGTBZfFfn1t94RMLTAKBggqhkjOPQQDAjARMQ8w
DQYDVQQDDAZuZXQtdm0wHhcNMjYwNjAxMDAwMDAwWhcNMjcwNjAxMDAwMDAwWjAR
MQ8wDQYDVQQDDAZuZXQtdm0wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASr3+KD
4dhJnJ0fWeCo02uxFm/S3D/guWCIwJo+PNqOKYq89ozqXzoEGJ9/HNPrPtmW3BMZ
t6F5/0iihiA+VWyjo2YwZDASBgNVHRMBAf8ECDAGAQH/AgEAMA4GA1UdDwEB/wQE
AwIBBjAdBgNVHQ4EFgQUfk3StJj6zNYDhuE3AiIyiGjzhu8wHwYDVR0jBBgwFoAU
fk3StJj6zNYDhuE3AiIyiGjzhu8wCgYIKoZIzj0EAwIDSAAwRQIgGCGyiH1h7mwb
yBpUeXbHa2HQ3jZPGAhFL16yUGdAkqMCIQC2njIFisv/ETn5PTO/MbrYaelpXK6X
xiEWgP/8Ej/aTQ==
-----END CERTIFICATE-----`;

describe('the certificate of a machine whose clock is wrong at boot', () => {
  let lines: string[];
  let health: boolean[];
  let expiry: CertificateExpiry;

  beforeEach(() => {
    lines = [];
    health = [];
    jest.useFakeTimers({ now: new Date('1970-01-01T00:00:00Z') });
    expiry = new CertificateExpiry(
      { identity: { material: { cert }, onNewCertificate: () => undefined } } as unknown as Access,
      {
        set: (name: string, ok: boolean) => name === certificateHealth && health.push(ok),
      } as unknown as HealthStatuses,
      new Log('info', (line) => lines.push(line.trimEnd()), false),
    );
  });
  afterEach(() => {
    expiry.onApplicationShutdown();
    jest.useRealTimers();
  });

  it('causes one warning, and NOT_SERVING in health, until the clock is set', () => {
    expiry.onApplicationBootstrap();
    expect(lines).toEqual([
      'warn: the certificate of this machine is not valid yet: is the clock right? ' +
        'clock=1970-01-01T00:00:00.000Z begins="Jun  1 00:00:00 2026 GMT"',
    ]);
    expect(health).toEqual([false]);
    jest.advanceTimersByTime(23 * hour);
    expect(health).toEqual([false]);
    jest.setSystemTime(begins.getTime() + hour);
    jest.advanceTimersByTime(2 * hour);
    expect(health.at(-1)).toBe(true);
    expect(lines).toHaveLength(1);
  });

  it('becomes valid when its validity begins, without a change of the clock', () => {
    jest.setSystemTime(begins.getTime() - hour);
    expiry.onApplicationBootstrap();
    jest.advanceTimersByTime(hour - 1);
    expect(health).toEqual([false]);
    jest.advanceTimersByTime(2);
    expect(health).toEqual([false, true]);
    expect(lines).toHaveLength(1);
  });
});
