// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseVmName } from './names.js';
import { unknownVm } from './unknown-vm.js';

const unknown = (name: string, known: Iterable<string>) => unknownVm(parseVmName('vm', name), known);

describe('an unknown VM', () => {
  it('is rejected with the known names, in order, each once', () => {
    expect(unknown('printer', ['net-vm', 'gui-vm', 'net-vm'])).toMatchObject({
      reason: 'NOT_FOUND',
      message: 'VM "printer" is unknown (known: gui-vm, net-vm)',
    });
    expect(unknown('printer', []).message).toBe('VM "printer" is unknown (known: none)');
  });

  it('is rejected with a suggestion of the closest name', () => {
    expect(unknown('nte-vm', ['net-vm', 'admin-vm']).message).toBe(
      'VM "nte-vm" is unknown (known: admin-vm, net-vm): did you mean net-vm?',
    );
  });

  it('is rejected with ten names and the number of the others', () => {
    const names = Array.from({ length: 12 }, (_, index) => `machine-${10 + index}`);
    expect(unknown('printer', names).message).toMatch(
      /^VM "printer" is unknown \(known: (machine-1\d, ){9}machine-19 and 2 more\)$/,
    );
  });
});
