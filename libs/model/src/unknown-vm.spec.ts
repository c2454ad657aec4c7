// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseVmName } from './names.js';
import { unknownVm } from './unknown-vm.js';

const unknown = (name: string, ...known: string[]) => unknownVm(parseVmName('vm', name), known);

describe('an unknown VM', () => {
  it('is rejected without names that its caller may not know', () => {
    expect(unknown('printer')).toMatchObject({ reason: 'NOT_FOUND', message: 'VM "printer" is unknown' });
    expect(unknown('printer', 'net-vm').message).toBe('VM "printer" is unknown');
  });

  it('is rejected with a suggestion of the closest name', () => {
    expect(unknown('nte-vm', 'net-vm', 'admin-vm').message).toBe('VM "nte-vm" is unknown: did you mean "net-vm"?');
  });
});
