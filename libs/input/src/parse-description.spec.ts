// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { noCapabilities, type AbsoluteAxis } from './description.js';
import { assertNumbers, parseCapabilities, parseDeviceName } from './parse-description.js';

const axis = (more: Partial<AbsoluteAxis> = {}): AbsoluteAxis => ({
  ...{ code: 0, minimum: -5, maximum: 5, fuzz: 0, flat: 0, resolution: 0 },
  ...more,
});

describe('the name of a device', () => {
  it('is cut between characters to the size that uinput accepts', () => {
    expect(parseDeviceName('name', 'ä'.repeat(60))).toBe('ä'.repeat(39));
    expect(parseDeviceName('name', 'a'.repeat(200))).toHaveLength(79);
  });

  it('contains no control characters', () => {
    expect(parseDeviceName('name', 'a\n\x1b[2Jb')).toBe('a��[2Jb');
  });

  it.each(['', '  '])('is never empty: "%s"', (name) => {
    expect(() => parseDeviceName('name', name)).toThrow('name: a device has a name');
  });
});

describe('the numbers of a device', () => {
  it.each([-1, 65_536, 1.5, NaN])('are rejected beyond 16 bits: %s', (vendorId) => {
    expect(() => assertNumbers({ deviceId: 1, vendorId })).toThrow(`vendorId: invalid number ${vendorId}`);
  });
});

describe('the capabilities of a device', () => {
  it('contain each code once, in order', () => {
    const parsed = parseCapabilities('c', {
      ...noCapabilities,
      keys: [48, 30, 48],
      absolute: [axis({ code: 1 }), axis()],
    });
    expect(parsed.keys).toEqual([30, 48]);
    expect(parsed.absolute.map(({ code }) => code)).toEqual([0, 1]);
  });

  it.each([
    ['keys', { keys: [0x300] }],
    ['relative', { relative: [0x10] }],
    ['misc', { misc: [8] }],
    ['switches', { switches: [0x11] }],
    ['properties', { properties: [32] }],
    ['absolute', { absolute: [axis({ code: 0x40 })] }],
  ])('are rejected with a code that no kernel has: %s', (field, more) => {
    expect(() => parseCapabilities('c', { ...noCapabilities, ...more })).toThrow(`c.${field}: invalid code`);
  });

  it.each([
    ['ends before it begins', axis({ minimum: 5, maximum: -5 })],
    ['has no extent', axis({ minimum: 5, maximum: 5 })],
    ['has more extent than a number', axis({ minimum: -0x7fffffff, maximum: 0x7fffffff })],
    ['has more than 32 bits', axis({ fuzz: 2 ** 40 })],
  ])('are rejected with an axis that %s', (_, one) => {
    expect(() => parseCapabilities('c', { ...noCapabilities, absolute: [one] })).toThrow('c.absolute: axis 0');
  });

  it('may contain an axis with an unknown range', () => {
    const one = axis({ minimum: 0, maximum: 0 });
    expect(parseCapabilities('c', { ...noCapabilities, absolute: [one] }).absolute).toEqual([one]);
  });
});
