// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { PeerCertificate } from 'node:tls';
import { Revocations } from './revocations.js';

const certificate = (serialNumber: string, subjectaltname: string) =>
  ({ serialNumber, subjectaltname, valid_from: 'Nov 24 08:00:00 2026 GMT' }) as PeerCertificate;
const netVm = certificate('0A1B2C', 'DNS:net-vm, DNS:net.ghaf, IP Address:127.0.0.1');

describe('revocations', () => {
  it.each(['serial 0a1b2c', 'serial 0A:1B:2C', 'serial A1B2C # stolen', '  name net-vm', 'name net.ghaf'])(
    'reject a certificate by the line %j',
    (line) => {
      const revocations = Revocations.parse(`# those that were lost\n\n${line}\n`, 'revoked');
      expect(revocations.rejection(netVm)).toMatch(/^its certificate is revoked by its (serial number|name) /);
    },
  );

  it('reject no other certificate', () => {
    const revocations = Revocations.parse('serial 0a1b2d\nname net\nname gui-vm\n', 'revoked');
    expect(revocations.rejection(netVm)).toBeUndefined();
    expect(Revocations.none.rejection(netVm)).toBeUndefined();
  });

  it('do not load with a mistake; every mistake is reported with its line', () => {
    const text = 'net-vm\nserial xyz\nname a b\nname -\nserial\nserial 0a1b2c\n';
    const lines = [1, 2, 3, 4, 5].map((line) => expect.stringContaining(`revoked:${line}: `) as string);
    try {
      Revocations.parse(text, 'revoked');
      throw new Error('it loaded');
    } catch (error) {
      expect((error as Error).message.split('\n')).toEqual(lines);
    }
  });

  it('do not load with many mistakes, of which ten are shown and the others counted', () => {
    expect(() => Revocations.parse('no\n'.repeat(5_000), 'revoked')).toThrow(
      /^(revoked:\d+: invalid line "no": [^\n]*\n){10}and 4990 more mistakes$/,
    );
  });

  it.each([
    ...[
      'serial 0a1b2cx',
      'serial x0a1b2c',
      'serial 0a:1b:2',
      `serial ${'0'.repeat(41)}`,
      `serial ${'ab:'.repeat(20)}ab`,
    ],
    ...['serial 0a1b2c stolen', 'name net-vm stolen', 'serials 0a1b2c', 'Name net-vm'],
  ])('do not load with the line %j', (line) => {
    expect(() => Revocations.parse(line, 'revoked')).toThrow(
      new RegExp(`^revoked:1: invalid line "${line}": expected "serial HEX" or "name DNS-NAME"$`),
    );
  });

  it.each(['a', '0a1b2', '0a:1b', 'f'.repeat(40), Array(20).fill('ff').join(':')])(
    'name a certificate by the serial number %s, of 20 bytes at most',
    (number) => {
      const revocations = Revocations.parse(`serial \t ${number}`, 'revoked');
      expect(revocations.rejection(certificate(number.replaceAll(':', ''), 'DNS:net-vm'))).toContain('serial number');
    },
  );

  it('are equal when their texts are equal', () => {
    const [one, same, other] = ['name a', 'name a', 'name b'].map((text) => Revocations.parse(text, 'revoked'));
    expect([one!.equals(same!), one!.equals(other!), Revocations.parse('', 'x').equals(Revocations.none)]).toEqual([
      ...[true, false, true],
    ]);
  });

  it('report a mistake with the beginning of its line, without control characters', () => {
    expect(() => Revocations.parse(`serial \x9b2J${'x'.repeat(5_000)}`, 'revoked')).toThrow(
      /^revoked:1: invalid line "serial \\u009b2Jx{90}…": expected/,
    );
  });

  it('do not load from a file that cannot be read', () => {
    expect(() => Revocations.read('/nonexistent')).toThrow(/cannot read the revocations \/nonexistent/);
  });
});
