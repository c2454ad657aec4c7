// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { wifimanager } from '@givc/rpc';
import { WifiSystem } from '../support/wifi-system.js';

const { connectNetwork, listNetwork } = wifimanager.WifiServiceService;

describe('the name of a wireless network', () => {
  let { manager, system, agent } = {} as WifiSystem;
  let wifi: WifiSystem;

  beforeAll(async () => ({ manager, system, agent } = wifi = await WifiSystem.start()));
  afterAll(() => wifi.close());

  it.each([
    ['UTF-8', Buffer.from('Café 中文 @home')],
    ['Latin-1', Buffer.from('Café Über', 'latin1')],
    ['GBK', Buffer.from([0xd6, 0xd0, 0xce, 0xc4])],
    ['Shift JIS with a backslash as a second byte', Buffer.from([0x95, 0x5c, 0x78, 0x34, 0x31])],
    ['32 bytes of 0xff', Buffer.alloc(32, 0xff)],
    ['what looks like an escape', Buffer.from('\\xff')],
    ['zeros and a letter', Buffer.from('\0\0a')],
    ['space alone', Buffer.from('   ')],
    ['escape sequences', Buffer.from('\x1b]0;x\x07')],
  ])('is listed in a form with which it can be joined: %s', async (_, ssid) => {
    manager.profiles.clear();
    // A similar name, so that the list has both.
    manager.open = [Buffer.concat([ssid.subarray(1), ssid.subarray(0, 1)]), ssid];
    const listed = (await system.channel(agent).unary(listNetwork, { NetworkName: '' })).networks;
    const joined = [];
    for (const { SSID } of listed.filter(({ Security }) => Security === 'none')) {
      const { Response } = await system.channel(agent).unary(connectNetwork, { SSID, Password: '', Settings: '' });
      expect(Response).toBe(`wlan0: connected to "${SSID}"`);
      joined.push(SSID);
    }
    const hex = (bytes: unknown) => (bytes as Buffer).toString('hex');
    const saved = [...manager.profiles.values()].map((profile) => hex(profile['802-11-wireless']!['ssid']!.value));
    expect(saved.sort()).toEqual([...new Set(manager.open.map(hex))].sort());
    expect(new Set(joined).size).toBe(joined.length);
    const [first = ''] = joined;
    const named = await system.channel(agent).unary(listNetwork, { NetworkName: first });
    expect(named.networks.map(({ SSID }) => SSID)).toEqual([first]);
  });
});
