// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { ConnectRequest } from './connect-request.js';
import type { SavedProfile } from './saved-profile.js';
import type { Security } from './security.js';
import { ssidBytes } from './ssid.js';
import { selectTarget } from './target.js';
import type { WirelessDevice } from './wireless.js';

const device = (name: string, ...inRange: [ssid: string, strength: number, security: Security][]): WirelessDevice => ({
  path: `/${name}`,
  interface: name,
  active: undefined,
  lastScanMs: 0,
  accessPoints: inRange.map(([ssid, strength, security]) => ({
    path: `/${name}/${ssid}/${strength}`,
    ssid: ssidBytes(ssid),
    name: ssid,
    strength,
    security,
    isActive: false,
  })),
});
const ask = (more: Partial<ConnectRequest> = {}): ConnectRequest => ({
  name: 'home',
  password: 'correct horse',
  settings: {},
  ...more,
});
const saved = (security: Security, bound?: string): SavedProfile => ({
  path: '/saved',
  profile: {},
  name: 'home',
  ssid: Buffer.from('home'),
  security,
  interface: bound,
  isHidden: false,
});
const wlan0 = device('wlan0', ['home', 40, 'wpa-psk'], ['home', 90, 'none'], ['corp', 50, 'wpa-eap']);
const wlan1 = device('wlan1', ['home', 60, 'wpa-psk'], ['old', 50, 'ieee8021x']);
const chosen = (devices: WirelessDevice[], request: ConnectRequest) =>
  selectTarget(devices, [], request).accessPoint?.path;

describe('the access point for a request', () => {
  it('is the strongest one that needs a password, not an open one of the same name', () => {
    expect(chosen([wlan0, wlan1], ask())).toBe('/wlan1/home/60');
    expect(chosen([wlan0], ask())).toBe('/wlan0/home/40');
    expect(chosen([wlan0, wlan1], ask({ settings: { device: 'wlan0' } }))).toBe('/wlan0/home/40');
    expect(chosen([wlan0], ask({ password: undefined, settings: { security: 'none' } }))).toBe('/wlan0/home/90');
  });

  it('may be unknown when the network is hidden, and then has the security of the request', () => {
    const hidden = { hidden: true };
    const securityFor = (more: Partial<ConnectRequest>) =>
      selectTarget([wlan0], [], ask({ name: 'base', ...more })).security;
    expect(securityFor({ settings: hidden })).toBe('wpa-psk');
    expect(securityFor({ settings: { ...hidden, security: 'sae' } })).toBe('sae');
    expect(securityFor({ settings: { ...hidden, identity: 'alice' } })).toBe('wpa-eap');
    expect(securityFor({ settings: hidden, password: undefined })).toBe('none');
  });

  it('is found by the bytes of a name that is not UTF-8', () => {
    const odd = device('wlan0', ['caf\\xe9', 40, 'none'], ['caf\\x5cxe9', 90, 'none']);
    const named = (name: string) =>
      selectTarget([odd], [], { name, password: undefined, settings: {} }).ssid.toString('latin1');
    expect([named('caf\\xe9'), named('caf\\xE9'), named('caf\\x5cxe9')]).toEqual(['caf\xe9', 'caf\xe9', 'caf\\xe9']);
  });

  it('is found by a name with a backslash, for a caller that does not use escapes', () => {
    const odd = device('wlan0', ['caf\\x5cxe9', 90, 'none']);
    expect(selectTarget([odd], [], ask({ name: 'caf\\xe9', password: undefined })).ssid).toEqual(
      Buffer.from('caf\\xe9'),
    );
  });

  it('has the SSID of the request when the network is hidden', () => {
    expect(selectTarget([wlan0], [], ask({ name: 'b\\xe4se', settings: { hidden: true } })).ssid).toEqual(
      Buffer.from('bäse', 'latin1'),
    );
  });

  it('is, without a password, the strongest one that the saved profile fits', () => {
    const bySaved = (...saved: SavedProfile[]) => selectTarget([wlan0, wlan1], saved, ask({ password: undefined }));
    expect(bySaved(saved('sae'))).toMatchObject({ accessPoint: { path: '/wlan1/home/60' }, saved: saved('sae') });
    expect(bySaved(saved('sae', 'wlan0'))).toMatchObject({ accessPoint: { path: '/wlan0/home/40' } });
    expect(bySaved(saved('none')).accessPoint?.path).toBe('/wlan0/home/90');
    expect(() => bySaved(saved('wpa-eap'))).toThrow('"home" is saved, but not as it is in range here (none)');
    expect(() => bySaved(saved('wpa-psk', 'wlan7'))).toThrow('is it the right network?');
  });

  it('uses the saved profile of its device when the request has a password', () => {
    expect(selectTarget([wlan0], [saved('none')], ask()).saved).toEqual(saved('none'));
    expect(selectTarget([wlan0], [saved('none', 'wlan1')], ask()).saved).toBeUndefined();
  });

  it('may be unknown when the network is saved as hidden', () => {
    const base = { ...saved('sae', 'wlan1'), name: 'base', isHidden: true };
    const target = selectTarget([wlan0, wlan1], [base], ask({ name: 'base', password: undefined }));
    expect(target).toMatchObject({ device: { interface: 'wlan1' }, security: 'sae', saved: base });
  });

  it.each([
    ['no device has in range', ask({ name: 'base' }), 'NOT_FOUND', 'no network "base" is in range'],
    ['an unknown device has in range', ask({ settings: { device: 'wlan7' } }), 'INVALID_ARGUMENT', 'wlan0, wlan1 are'],
    ['is enterprise', ask({ name: 'corp' }), 'INVALID_ARGUMENT', 'Settings.identity: "corp" is an enterprise'],
    ['uses WEP', ask({ name: 'old' }), 'FAILED_PRECONDITION', '"old" uses WEP'],
    [
      'has no identities',
      ask({ settings: { identity: 'a', device: 'wlan1' } }),
      'INVALID_ARGUMENT',
      'Settings.identity: ',
    ],
    ['offers less', ask({ settings: { security: 'sae' } }), 'INVALID_ARGUMENT', 'Settings.security: '],
  ])('is rejected for a network that %s', (_, request, reason, message) => {
    expect(() => selectTarget([wlan0, wlan1], [], request)).toThrow(
      expect.objectContaining({ reason, message: expect.stringContaining(message) as string }) as Error,
    );
  });
});
