import type { ConnectRequest } from './connect-request.js';
import type { Security } from './security.js';
import { targetOf } from './target.js';
import type { WirelessDevice } from './wireless.js';

const device = (name: string, ...heard: [ssid: string, strength: number, security: Security][]): WirelessDevice => ({
  path: `/${name}`,
  interface: name,
  active: undefined,
  accessPoints: heard.map(([ssid, strength, security]) => ({
    path: `/${name}/${ssid}/${strength}`,
    ssid: Buffer.from(ssid),
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
const wlan0 = device('wlan0', ['home', 40, 'wpa-psk'], ['home', 90, 'none'], ['corp', 50, 'wpa-eap']);
const wlan1 = device('wlan1', ['home', 60, 'wpa-psk'], ['old', 50, 'ieee8021x']);
const chosen = (devices: WirelessDevice[], request: ConnectRequest) => targetOf(devices, request).accessPoint?.path;

describe('the access point that is meant', () => {
  it('is the strongest that takes a password, not an open one of the same name', () => {
    expect(chosen([wlan0, wlan1], ask())).toBe('/wlan1/home/60');
    expect(chosen([wlan0], ask())).toBe('/wlan0/home/40');
    expect(chosen([wlan0, wlan1], ask({ settings: { device: 'wlan0' } }))).toBe('/wlan0/home/40');
    expect(chosen([wlan0], ask({ password: undefined, settings: { security: 'none' } }))).toBe('/wlan0/home/90');
  });

  it('may be unknown when the network is hidden, which then is as the request says', () => {
    const hidden = { hidden: true };
    const securityFor = (more: Partial<ConnectRequest>) => targetOf([wlan0], ask({ name: 'base', ...more })).security;
    expect(securityFor({ settings: hidden })).toBe('wpa-psk');
    expect(securityFor({ settings: { ...hidden, security: 'sae' } })).toBe('sae');
    expect(securityFor({ settings: { ...hidden, identity: 'alice' } })).toBe('wpa-eap');
    expect(securityFor({ settings: hidden, password: undefined })).toBe('none');
  });

  it.each([
    ['nobody hears', ask({ name: 'base' }), 'NOT_FOUND', 'no network "base" is in range'],
    ['an unknown device hears', ask({ settings: { device: 'wlan7' } }), 'INVALID_ARGUMENT', 'wlan0, wlan1 are'],
    ['is enterprise', ask({ name: 'corp' }), 'INVALID_ARGUMENT', 'Settings.identity: "corp" is an enterprise'],
    ['uses WEP', ask({ name: 'old' }), 'FAILED_PRECONDITION', '"old" uses WEP'],
    [
      'has no identities',
      ask({ settings: { identity: 'a', device: 'wlan1' } }),
      'INVALID_ARGUMENT',
      'Settings.identity: ',
    ],
    ['offers less', ask({ settings: { security: 'sae' } }), 'INVALID_ARGUMENT', 'Settings.security: '],
  ])('is none of a network that %s', (_, request, reason, message) => {
    expect(() => targetOf([wlan0, wlan1], request)).toThrow(
      expect.objectContaining({ reason, message: expect.stringContaining(message) as string }) as Error,
    );
  });
});
