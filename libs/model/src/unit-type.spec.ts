// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseUnitType, unitTypeNumber, type ServiceType, type VmType } from './unit-type.js';

describe('the number of a type of unit', () => {
  it.each<[number, VmType, ServiceType]>([
    [0, 'Host', 'Mgr'],
    [1, 'Host', 'Svc'],
    [2, 'Host', 'App'],
    [3, 'AdmVM', 'VM'],
    [4, 'AdmVM', 'Mgr'],
    [5, 'AdmVM', 'Svc'],
    [6, 'AdmVM', 'App'],
    [7, 'SysVM', 'VM'],
    [8, 'SysVM', 'Mgr'],
    [9, 'SysVM', 'Svc'],
    [10, 'SysVM', 'App'],
    [11, 'AppVM', 'VM'],
    [12, 'AppVM', 'Mgr'],
    [13, 'AppVM', 'Svc'],
    [14, 'AppVM', 'App'],
  ])('is %d for %s and %s', (number, vm, service) => {
    expect(parseUnitType('Type', number)).toEqual({ vm, service });
    expect(unitTypeNumber(vm, service)).toBe(number);
  });

  it.each([15, -1, 0.5])('rejects the number %d', (number) => {
    expect(() => parseUnitType('Type', number)).toThrow(
      `Type: invalid unit type ${number}: expected 0-14 (0 Host Mgr, `,
    );
  });

  it.each(['15', '-1', '', ' 4', '4x', 'Mgr'])('cannot be the text %j', (text) => {
    expect(() => parseUnitType('--type', text)).toThrow(
      `--type: invalid unit type ${JSON.stringify(text)}: expected 0-14`,
    );
  });

  it('is shown in an error shortened and without control characters', () => {
    expect(() => parseUnitType('--type', `\x9b2J${'x'.repeat(5_000)}`)).toThrow(
      /^--type: invalid unit type "\\u009b2Jx{97}…": expected 0-14 \(0 Host Mgr, .*\)$/,
    );
  });

  it.each(['4', '04', '+4'])('may be the text %j', (text) => {
    expect(parseUnitType('--type', text)).toEqual({ vm: 'AdmVM', service: 'Mgr' });
  });

  it('does not exist for the VM of the host', () => {
    expect(() => unitTypeNumber('Host', 'VM')).toThrow(RangeError);
  });
});
