// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ApplicationName, UnitName } from '@givc/model';
import { UnitAllowlist } from './unit-allowlist.js';

const unit = (name: string): UnitName => name as UnitName;

describe('the allowlist', () => {
  const allowlist = new UnitAllowlist({
    agent: unit('givc-net-vm.service'),
    services: [unit('poweroff.target'), unit('chromium.service'), unit('getty@tty1.service')],
    vmServices: {
      adminVm: unit('microvm@admin-vm.service'),
      systemVms: [unit('microvm@net-vm.service')],
      appVms: [unit('microvm@app-vm.service')],
    },
    applications: ['firefox' as ApplicationName],
    dbusProxies: [unit('dbus-proxy-network.service')],
  });

  it.each([
    'givc-net-vm.service',
    'poweroff.target',
    'getty@tty1.service',
    'microvm@admin-vm.service',
    'microvm@net-vm.service',
    'microvm@app-vm.service',
    'firefox@0.service',
    'firefox@17.service',
    'dbus-proxy-network.service',
  ])('permits %s', (name) => {
    expect(() => allowlist.assertHas(unit(name))).not.toThrow();
  });

  it.each([
    'foo.service',
    'reboot.target',
    'firefox.service',
    'firefox@0.socket',
    'firefox@x.service',
    'firefox@00.service',
    'chromium@0.service',
    'getty@tty2.service',
    'microvm@gui-vm.service',
    'givc-gui-vm.service',
    'dbus-proxy-sound.service',
  ])('denies %s', (name) => {
    expect(() => allowlist.assertHas(unit(name))).toThrow(
      expect.objectContaining({
        reason: 'PERMISSION_DENIED',
        message: `unit "${name}" is not in this agent's allowlist (capabilities.services)`,
      }) as Error,
    );
  });
});
