// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Variant } from '@givc/dbus';
import { savedProfilesOf } from './saved-profile.js';

const radio = (more: object = {}) => ({ ssid: new Variant('ay', Buffer.from('home')), ...more });
const only = (profile: object) => savedProfilesOf(new Map([['/saved', profile as never]]))[0];

describe('the saved profiles', () => {
  it('include only those of wireless networks', () => {
    const wired = { connection: { type: new Variant('s', '802-3-ethernet') } };
    const saved = savedProfilesOf(
      new Map<string, never>([
        ['/wired', wired as never],
        ['/home', { '802-11-wireless': radio() } as never],
      ]),
    );
    expect(saved).toMatchObject([
      { path: '/home', name: 'home', security: 'none', interface: undefined, isHidden: false },
    ]);
  });

  it('contain the security of the network, whether it is hidden, and its device', () => {
    const secured = (keyManagement: string) => ({
      connection: { 'interface-name': new Variant('s', 'wlan1') },
      '802-11-wireless': radio({ hidden: new Variant('b', true) }),
      '802-11-wireless-security': { 'key-mgmt': new Variant('s', keyManagement) },
    });
    expect(only(secured('sae'))).toMatchObject({ security: 'sae', interface: 'wlan1', isHidden: true });
    expect(only(secured('wpa-eap-suite-b-192'))).toMatchObject({ security: 'wpa-eap-suite-b-192' });
    expect(only(secured('wpa-eap-of-tomorrow'))).toMatchObject({ security: 'wpa-eap' });
  });
});
