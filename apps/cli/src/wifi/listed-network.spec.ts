// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { listedNetwork, networkTable } from './listed-network.js';

const networkOf = (SSID: string, Device = 'wlan0') =>
  listedNetwork({ SSID, Signal: 70, Security: 'none', Connection: false, Device });

describe('the table of networks', () => {
  it('names the radio that receives each network, if the agent reports it', () => {
    expect(networkTable([networkOf('home'), networkOf('cafe', 'wlan1'), networkOf('old', '')])).toBe(
      'DEVICE  SSID  SIGNAL  SECURITY  CONNECTED\n' +
        'wlan0   home  70 %    none      -\n' +
        'wlan1   cafe  70 %    none      -\n' +
        '-       old   70 %    none      -\n',
    );
  });

  it.each([
    [' home ', '\\x20home\\x20'],
    ['   ', '\\x20\\x20\\x20'],
    ['a  b\u00a0', 'a  b\\xc2\\xa0'],
    ['\u3000', '\\xe3\\x80\\x80'],
  ])('shows spaces at the ends of the SSID %j as escapes that wifi connect accepts', (ssid, shown) => {
    expect(networkTable([networkOf(ssid)])).toContain(`wlan0   ${shown}  `);
  });
});
