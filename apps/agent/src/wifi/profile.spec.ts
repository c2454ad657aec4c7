// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Variant } from '@givc/dbus';
import type { ConnectRequest } from './connect-request.js';
import { newProfile, withCredentials, type Profile } from './profile.js';
import type { Security } from './security.js';

const ssid = Buffer.from('home');
const target = (security: Security) => ({
  device: {} as never,
  accessPoint: undefined,
  ssid,
  security,
  saved: undefined,
});
const ask = (settings: ConnectRequest['settings'] = {}): ConnectRequest => ({ name: 'home', password: 'pw', settings });
const values = (profile: Profile) =>
  Object.fromEntries(
    Object.entries(profile).map(([section, of]) => [
      section,
      Object.fromEntries(Object.entries(of).map(([key, { value }]) => [key, value])),
    ]),
  );

describe('a profile', () => {
  it('contains the name of a new network, and the credentials that its security needs', () => {
    const named = {
      connection: { id: 'home', uuid: 'u', type: '802-11-wireless' },
      '802-11-wireless': { ssid, mode: 'infrastructure' },
    };
    const made = (security: Security) => values(newProfile(target(security), ask(), 'u'));
    expect(made('none')).toEqual(named);
    expect(made('owe')).toEqual({ ...named, '802-11-wireless-security': { 'key-mgmt': 'owe' } });
    expect(made('wpa-psk')).toEqual({ ...named, '802-11-wireless-security': { 'key-mgmt': 'wpa-psk', psk: 'pw' } });
    expect(made('sae')).toEqual({ ...named, '802-11-wireless-security': { 'key-mgmt': 'sae', psk: 'pw' } });
  });

  it('contains the user of an enterprise network, and the server that may receive the password', () => {
    const login = (settings: ConnectRequest['settings']) =>
      values(newProfile(target('wpa-eap'), ask({ identity: 'alice', ...settings }), 'u'))['802-1x'];
    const peap = { eap: ['peap'], identity: 'alice', password: 'pw', 'phase2-auth': 'mschapv2' };
    expect(login({ domain: 'a.org' })).toEqual({ ...peap, 'domain-suffix-match': 'a.org', 'system-ca-certs': true });
    expect(login({ caCert: '/ca.pem', anonymousIdentity: 'x' })).toEqual({
      ...peap,
      'anonymous-identity': 'x',
      'ca-cert': Buffer.from('file:///ca.pem\0'),
    });
    expect(login({ eap: 'pwd' })).toEqual({ eap: ['pwd'], identity: 'alice', password: 'pw' });
  });

  it('keeps all other settings when it gets other credentials', () => {
    const saved: Profile = {
      connection: { id: new Variant('s', 'my home') },
      ipv4: { method: new Variant('s', 'manual') },
      '802-11-wireless': { ssid: new Variant('ay', ssid), security: new Variant('s', '802-11-wireless-security') },
      '802-11-wireless-security': { 'key-mgmt': new Variant('s', 'wpa-psk'), 'psk-flags': new Variant('u', 1) },
    };
    expect(values(withCredentials(saved, target('sae'), ask({ hidden: true })))).toEqual({
      connection: { id: 'my home' },
      ipv4: { method: 'manual' },
      '802-11-wireless': { ssid, hidden: true },
      '802-11-wireless-security': { 'key-mgmt': 'sae', psk: 'pw' },
    });
  });
});
