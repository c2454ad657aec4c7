// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseConnectRequest } from './connect-request.js';

const request = (more: object = {}) => ({ SSID: 'home', Password: 'correct horse', Settings: '', ...more });
const withSettings = (settings: unknown, more: object = {}) => request({ Settings: JSON.stringify(settings), ...more });
const alice = { identity: 'alice', domain: 'example.com' };

describe('a request to connect', () => {
  it.each([
    ['a password', request()],
    ['no password', request({ Password: '' })],
    ['a key', request({ Password: 'aB'.repeat(32) })],
    ['the longest password', request({ Password: 'x'.repeat(63) })],
    ['the longest name', request({ SSID: 'ä'.repeat(16) })],
    ['a hidden network', withSettings({ hidden: true, security: 'sae', device: 'wlan0' })],
    ['an enterprise network', withSettings({ ...alice, eap: 'ttls', phase2: 'pap' }, { Password: 'short' })],
    ['its authority', withSettings({ identity: 'alice', caCert: '/etc/ssl/corp.pem' })],
    ['any server', withSettings({ identity: 'alice', anyServer: true })],
    ['a method that verifies both sides', withSettings({ identity: 'alice', eap: 'pwd' })],
  ])('is accepted with %s', (_, message) => {
    expect(parseConnectRequest(message).name).toBe(message.SSID);
  });

  it.each([
    ['no name', request({ SSID: '' }), 'SSID: '],
    ['a name of 33 bytes', request({ SSID: 'x'.repeat(33) }), 'SSID: '],
    ['a name of 17 characters and 34 bytes', request({ SSID: 'ä'.repeat(17) }), 'SSID: '],
    ['a short password', request({ Password: 'hush hu' }), 'Password: a password of WPA has 8 to 63 characters'],
    ['a long password', request({ Password: 'hush'.repeat(16) }), 'Password: a password of WPA'],
    ['a password with a newline', request({ Password: 'hush\nhush' }), 'Password: '],
    ['settings that are not JSON', request({ Settings: '{hush' }), 'Settings: invalid JSON: expected an object'],
    ['settings that are not an object', request({ Settings: '"hush"' }), 'Settings: '],
    ['endless settings', request({ Settings: ' '.repeat(4_097) }), 'Settings: it is longer than 4096'],
    ['an unknown key', withSettings({ psk: 'hush' }), 'Settings: unknown key "psk": expected hidden, security, device'],
    ['an unknown security', withSettings({ security: 'wep' }), 'Settings.security: '],
    ['a device that is a path', withSettings({ device: '../wlan0' }), 'Settings.device: '],
    ['an authority that is not a path', withSettings({ ...alice, caCert: 'a.pem' }), 'Settings.caCert: '],
    ['an identity without password', withSettings(alice, { Password: '' }), 'Password: '],
    [
      'an identity without a verified server',
      withSettings({ identity: 'alice' }),
      'Settings: the server that may receive the password is not known',
    ],
  ])('is rejected with %s, without the password in the error', (_, message, problem) => {
    let thrown: unknown;
    try {
      parseConnectRequest(message);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ reason: 'INVALID_ARGUMENT', message: expect.stringContaining(problem) as string });
    expect(String(thrown)).not.toContain('hush');
  });
});
