// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { wifimanager } from '@givc/rpc';
import { TestSystem, type TestAgent } from '@givc/testing';
import { TestBus } from '../support/test-bus.js';

const wifi = wifimanager.WifiServiceService;

/** A system bus that stops and starts, which the lab cannot do to a machine. */
describe('Wi-Fi without NetworkManager', () => {
  const address = process.env['DBUS_SYSTEM_BUS_ADDRESS'];
  const bus = new TestBus();
  let system: TestSystem;
  let agent: TestAgent;

  const list = () => system.channel(agent).unary(wifi.listNetwork, { NetworkName: '' });

  beforeAll(async () => {
    process.env['DBUS_SYSTEM_BUS_ADDRESS'] = bus.address;
    system = await TestSystem.start();
    agent = await system.startAgent('net-vm', { capabilities: { wifi: { enable: true } } });
  });
  afterAll(async () => {
    await system.close();
    if (address === undefined) delete process.env['DBUS_SYSTEM_BUS_ADDRESS'];
    else process.env['DBUS_SYSTEM_BUS_ADDRESS'] = address;
    bus.remove();
  });

  it('is an error that names NetworkManager, even after the bus was unreachable', async () => {
    const missing = { reason: 'FAILED_PRECONDITION', message: expect.stringContaining('NetworkManager does not run') };
    const away = { reason: 'UNAVAILABLE', message: expect.stringContaining(`${bus.folder}/bus`) };
    await expect(list()).rejects.toMatchObject(away);
    await bus.start();
    await expect(list()).rejects.toMatchObject(missing);
    await bus.stop();
    await expect(list()).rejects.toMatchObject(away);
    await bus.start();
    await expect(list()).rejects.toMatchObject(missing);
    await bus.stop();
  });

  it('rejects an invalid request before any call to NetworkManager, and records no password', async () => {
    const request = { SSID: 'x'.repeat(33), Password: 'hush hush', Settings: '' };
    await expect(system.channel(agent).unary(wifi.connectNetwork, request)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining('SSID: '),
    });
    expect(agent.record.lines).toMatchObject([{ rpc: '/wifimanager.WifiService/ConnectNetwork' }]);
    expect(JSON.stringify([agent.record.lines, agent.lines])).not.toContain('hush');
  });
});
