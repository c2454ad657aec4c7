import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wifimanager } from '@givc/rpc';
import { TestSystem, type TestAgent } from '../support/test-system.js';

const wifi = wifimanager.WifiServiceService;

/** What the lab cannot do to a machine: its system bus comes and goes. */
describe('Wi-Fi without NetworkManager', () => {
  const address = process.env['DBUS_SYSTEM_BUS_ADDRESS'];
  let folder: string;
  let system: TestSystem;
  let agent: TestAgent;

  const list = () => system.channel(agent).unary(wifi.listNetwork, { NetworkName: '' });
  const startBus = async () => {
    const bus = spawn('dbus-daemon', ['--config-file', join(folder, 'bus.conf'), '--nofork', '--print-address'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await once(bus.stdout, 'data');
    return async () => {
      const ended = once(bus, 'exit');
      bus.kill();
      await ended;
    };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'givc-wifi-'));
    const listen = `unix:path=${folder}/bus`;
    writeFileSync(
      join(folder, 'bus.conf'),
      `<busconfig><listen>${listen}</listen>
      <policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/></policy></busconfig>`,
    );
    process.env['DBUS_SYSTEM_BUS_ADDRESS'] = listen;
    system = await TestSystem.start();
    agent = await system.startAgent('net-vm', { capabilities: { wifi: { enable: true } } });
  });
  afterAll(async () => {
    await system.stop();
    if (address === undefined) delete process.env['DBUS_SYSTEM_BUS_ADDRESS'];
    else process.env['DBUS_SYSTEM_BUS_ADDRESS'] = address;
    rmSync(folder, { recursive: true });
  });

  it('says that it is missing, and goes on when the bus was away', async () => {
    const missing = { reason: 'FAILED_PRECONDITION', message: expect.stringContaining('NetworkManager does not run') };
    const away = { reason: 'UNAVAILABLE', message: expect.stringContaining(`${folder}/bus`) };
    await expect(list()).rejects.toMatchObject(away);
    const stop = await startBus();
    await expect(list()).rejects.toMatchObject(missing);
    await stop();
    await expect(list()).rejects.toMatchObject(away);
    const stopAgain = await startBus();
    await expect(list()).rejects.toMatchObject(missing);
    await stopAgain();
  });

  it('refuses what cannot be before anybody is asked, and never records a password', async () => {
    const request = { SSID: 'x'.repeat(33), Password: 'hush hush', Settings: '' };
    await expect(system.channel(agent).unary(wifi.connectNetwork, request)).rejects.toMatchObject({
      reason: 'INVALID_ARGUMENT',
      message: expect.stringContaining('SSID: '),
    });
    expect(agent.record.lines).toMatchObject([{ rpc: '/wifimanager.WifiService/ConnectNetwork' }]);
    expect(JSON.stringify([agent.record.lines, agent.lines])).not.toContain('hush');
  });
});
