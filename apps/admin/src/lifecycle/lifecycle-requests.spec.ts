// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseInstances, parseStartApplication, parseStartVm, parseUnitRequest } from './lifecycle-requests.js';

const start = (fields: Partial<Parameters<typeof parseStartApplication>[0]> = {}) =>
  parseStartApplication({ AppName: 'clock', VmName: 'net-vm', Args: [], ...fields });
const rejected = (message: string) => expect.objectContaining({ reason: 'INVALID_ARGUMENT', message }) as Error;

describe('a request to start an application', () => {
  it('is parsed into the application, the VM and the arguments', () => {
    expect(start({ Args: ['--new', 'https://example.org'] })).toEqual({
      application: 'clock',
      vm: 'net-vm',
      args: ['--new', 'https://example.org'],
    });
  });

  it.each([undefined, ''])('means the VM with the name of the application when it names the VM %j', (VmName) => {
    expect(start({ VmName })).toMatchObject({ vm: 'clock-vm' });
  });

  it('has at most 64 arguments of at most 4,096 characters each', () => {
    const most = Array<string>(64).fill('a'.repeat(4_096));
    expect(start({ Args: most }).args).toEqual(most);
    expect(() => start({ Args: [...most, ''] })).toThrow(rejected('Args: too many: expected at most 64 arguments'));
    expect(() => start({ Args: ['', 'a'.repeat(4_097)] })).toThrow(
      rejected('Args[1]: too long: expected at most 4096 characters'),
    );
  });

  it('is rejected with the name of the invalid field', () => {
    expect(() => start({ AppName: '../x' })).toThrow('AppName: ');
    expect(() => start({ VmName: '../x' })).toThrow('VmName: ');
    expect(() => start({ AppName: 'a'.repeat(61), VmName: '' })).toThrow('VmName: ');
  });
});

describe('a request for instances of an application', () => {
  it('selects one or all instances, in one VM if it names one', () => {
    const parse = (AppName: string, VmName?: string) => parseInstances({ AppName, VmName, Args: [] });
    expect(parse('clock@0.service', 'net-vm')).toEqual({
      selector: { kind: 'one', unit: 'clock@0.service' },
      vm: 'net-vm',
    });
    expect(parse('clock', '')).toEqual({ selector: { kind: 'all', application: 'clock' }, vm: undefined });
    expect(() => parse('../x')).toThrow('AppName: ');
    expect(() => parse('clock', '../x')).toThrow('VmName: ');
  });
});

describe('a request for a unit', () => {
  it('is parsed into the unit, and the VM if it names one', () => {
    const parse = (ServiceName: string, VmName: string) => parseUnitRequest({ ServiceName, VmName });
    expect(parse('web.service', 'net-vm')).toEqual({ unit: 'web.service', vm: 'net-vm' });
    expect(parse('web.service', '')).toEqual({ unit: 'web.service', vm: undefined });
    expect(() => parse('web', '')).toThrow('ServiceName: ');
    expect(() => parse('web.service', '../x')).toThrow('VmName: ');
  });
});

describe('a request to start a VM', () => {
  it('is parsed into the name of the VM', () => {
    expect(parseStartVm({ VmName: 'net-vm' })).toBe('net-vm');
    expect(() => parseStartVm({ VmName: '' })).toThrow('VmName: the name of a VM is missing');
  });
});
