// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import type { UnitName } from '@givc/model';
import { escapeBusLabel, typeInterface, unescapeBusLabel, unitOfPath, unitPath } from './names.js';

const unit = (name: string): UnitName => name as UnitName;

describe('names on the bus', () => {
  it('are escaped like in systemd', () => {
    expect(escapeBusLabel('dbus.service')).toBe('dbus_2eservice');
    expect(escapeBusLabel('microvm@net-vm.service')).toBe('microvm_40net_2dvm_2eservice');
    expect(escapeBusLabel('1password@0.service')).toBe('_31password_400_2eservice');
    expect(escapeBusLabel('a_b')).toBe('a_5fb');
    expect(escapeBusLabel('ä')).toBe('_c3_a4');
    expect(escapeBusLabel('')).toBe('_');
  });

  it('are restored from their escaped form, whatever they are', () => {
    fc.assert(fc.property(fc.string(), (name) => unescapeBusLabel(escapeBusLabel(name)) === name));
  });

  it('keep text that is not an escape', () => {
    expect(unescapeBusLabel('a_')).toBe('a_');
    expect(unescapeBusLabel('a_zz')).toBe('a_zz');
  });

  it('name the object of a unit, and the unit of an object', () => {
    expect(unitPath(unit('web.service'))).toBe('/org/freedesktop/systemd1/unit/web_2eservice');
    expect(unitOfPath('/org/freedesktop/systemd1/unit/web_2eservice')).toBe('web.service');
    expect(unitOfPath('/org/freedesktop/systemd1/job/7')).toBeUndefined();
  });

  it('name the interface of the type of a unit', () => {
    expect(typeInterface(unit('web.service'))).toBe('org.freedesktop.systemd1.Service');
    expect(typeInterface(unit('a.b.slice'))).toBe('org.freedesktop.systemd1.Slice');
  });
});
