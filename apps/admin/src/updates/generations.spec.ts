// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { dateOf, parseGenerations } from './generations.js';

const printed = {
  name: 'nixos-system-ghaf-host-25.05.20250612.fd48718',
  generation: 7,
  nixosVersion: '25.05.20250612.fd48718',
  kernelVersion: '6.12.30',
  storePath: '/nix/store/abc-nixos-system',
  current: true,
  booted: true,
  bootable: true,
  default: true,
  bootspec: {
    'org.nixos.bootspec.v1': { label: 'NixOS' },
    'org.nixos.specialisation.v1': { debug: { anything: 1 }, demo: {} },
  },
};

describe('the generations', () => {
  it('are returned in the fields of the contract, in the order of the program', () => {
    const text = JSON.stringify([printed, { ...printed, generation: 6, current: false, configurationRevision: 'abc' }]);
    expect(parseGenerations(text)).toEqual([
      {
        Generation: 7,
        Date: '2025-06-12',
        NixosVersion: '25.05.20250612.fd48718',
        KernelVersion: '6.12.30',
        ConfigurationRevision: 'unknown',
        Specialisations: ['debug', 'demo'],
        Current: true,
        StorePath: '/nix/store/abc-nixos-system',
      },
      expect.objectContaining({ Generation: 6, Current: false, ConfigurationRevision: 'abc' }),
    ]);
    expect(parseGenerations('[]')).toEqual([]);
  });

  it('contain only bounded, printable texts', () => {
    const long = '\n'.repeat(2_000);
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`${n}${long}`, {}]));
    const texts = { nixosVersion: long, kernelVersion: long, configurationRevision: long, storePath: long };
    const bootspec = { 'org.nixos.specialisation.v1': many };
    const [generation] = parseGenerations(JSON.stringify([{ ...printed, ...texts, bootspec }]));
    expect(generation).toMatchObject({
      NixosVersion: '�'.repeat(256),
      KernelVersion: '�'.repeat(256),
      ConfigurationRevision: '�'.repeat(256),
      StorePath: '�'.repeat(1_024),
    });
    expect(generation!.Specialisations).toHaveLength(64);
    expect(generation!.Specialisations[0]).toBe(`0${'�'.repeat(255)}`);
  });

  it.each([null, undefined, {}, { 'org.nixos.specialisation.v1': null }])(
    'have no specialisations where the boot entry is %j',
    (bootspec) => {
      expect(parseGenerations(JSON.stringify([{ ...printed, bootspec, configurationRevision: null }]))).toMatchObject([
        { Specialisations: [], ConfigurationRevision: 'unknown' },
      ]);
    },
  );

  it.each([
    ['', 'not JSON'],
    ['{}', 'the list: '],
    ['[null]', '[0]: '],
    [JSON.stringify([printed, { ...printed, generation: '7' }]), '[1]["generation"]: '],
    [JSON.stringify([{ ...printed, generation: 2 ** 31 }]), '[0]["generation"]: '],
    [JSON.stringify(Array(1_001).fill(printed)), 'the list: '],
  ])('are rejected when the output is %.40s', (text, message) => {
    expect(() => parseGenerations(text)).toThrow(expect.objectContaining({ reason: 'INTERNAL' }) as Error);
    expect(() => parseGenerations(text)).toThrow(message);
  });

  it.each([
    ['25.05.20250612.fd48718', '2025-06-12'],
    ['24.11pre20240912.fd48718', '2024-09-12'],
    ['24.11.20240229', '2024-02-29'],
    ['25.05.20250612-dirty', '2025-06-12'],
    ['24.11.20240230.fd48718', ''],
    ['24.11.20241301.fd48718', ''],
    ['25.05', ''],
    ['25.05.fd20250612', ''],
    ['25.05.202506121', ''],
    ['', ''],
  ])('map the version %j to the date %j', (version, date) => {
    expect(dateOf(version)).toBe(date);
  });
});
