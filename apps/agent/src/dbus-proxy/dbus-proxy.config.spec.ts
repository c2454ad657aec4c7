// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { transport, withCapabilities } from '../../fixtures/minimal-config.fixture.js';

const network = { name: 'network', bus: 'system', socket: '/run/proxies/network' };

const read = (dbusProxy: object, socketProxy?: object) => withCapabilities({ dbusProxy, socketProxy });

describe('the configuration of D-Bus proxies', () => {
  it('permits nothing by default', () => {
    const { dbusProxy, socketProxy } = read({ enable: true, proxies: [network] }).capabilities;
    const filter = { see: [], talk: [], own: [], call: [], broadcast: [] };
    expect(dbusProxy.proxies).toEqual([{ ...network, filter, log: false }]);
    expect(socketProxy).toEqual({ enable: false, sockets: [] });
  });

  it('is not parsed while it is disabled', () => {
    const { capabilities, warnings } = read({ enable: false, proxies: [{ name: '--' }] });
    expect(capabilities.dbusProxy).toEqual({ enable: false, proxies: [], clients: [] });
    expect(warnings).toEqual([]);
  });

  it('makes an entry of the socket proxy from each pair, beside the configured entries', () => {
    const other = { transport: transport('audio-vm', '9010'), server: false, socket: '/run/pulse' };
    const { sockets, enable } = read(
      {
        enable: true,
        proxies: [
          { ...network, transport: transport('gui-vm', '9012') },
          { ...network, name: 'local', socket: '/run/a/b' },
        ],
        clients: [{ name: 'sound', transport: transport('audio-vm', '9013'), socket: '/run/sound/bus' }],
      },
      { enable: true, sockets: [other] },
    ).capabilities.socketProxy;
    expect(enable).toBe(true);
    expect(sockets).toMatchObject([
      { server: false, socket: '/run/pulse' },
      {
        dbusProxy: 'network',
        server: true,
        socket: network.socket,
        transport: { name: 'gui-vm', address: { port: 9012 } },
      },
      { dbusProxy: 'sound', server: false, socket: '/run/sound/bus', transport: { name: 'audio-vm' } },
    ]);
  });

  it('is accepted without its invalid entries, with the path of each mistake', () => {
    const at = 'capabilities.dbusProxy';
    const { capabilities, warnings } = read({
      enable: true,
      proxies: [{ name: 'a b', bus: 'tcp:', socket: 'x', user: '-1', filter: { talk: ['*'], call: ['org.a'] } }],
      clients: [{ name: 'x', socket: '/run/x/y' }],
    });
    expect(capabilities.socketProxy.sockets).toEqual([]);
    for (const line of [
      `${at}.proxies[0].name: invalid proxy name "a b"`,
      `${at}.proxies[0].bus: invalid bus "tcp:"`,
      `${at}.proxies[0].socket: invalid socket "x"`,
      `${at}.proxies[0].user: invalid user "-1"`,
      `${at}.proxies[0].filter.talk[0]: invalid bus name "*"`,
      `${at}.proxies[0].filter.call[0]: invalid rule "org.a"`,
      'the entry of /run/x/y names no peer in its transport',
    ])
      expect(warnings.join('\n')).toContain(line);
  });

  it('leaves out entries whose name or socket an earlier entry has', () => {
    const client = { name: 'network', transport: transport('net-vm', '9010'), socket: network.socket };
    const twice = read({ enable: true, proxies: [network, { ...network, socket: '/run/a/b' }], clients: [client] });
    expect(twice.capabilities.dbusProxy).toMatchObject({ proxies: [{ socket: network.socket }], clients: [] });
    expect(twice.warnings).toEqual([
      'capabilities.dbusProxy.proxies: the name or the socket of "network" (/run/a/b) is that of an earlier entry; this entry is left out',
      'capabilities.dbusProxy.clients: the name or the socket of "network" (/run/proxies/network) is that of an earlier entry; this entry is left out',
    ]);
  });
});
