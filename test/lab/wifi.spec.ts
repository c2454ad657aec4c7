// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Lab } from './lab.js';
import { addresses, agentPort, certificatesOf, checkout, cliProgram, programUnit } from './plan.js';
import { recordedLines } from './record.js';
import { run, type Outcome } from './run.js';
import { RunningProgram } from './running-program.js';
import { sharedLab } from './shared-lab.js';

interface Network {
  readonly ssid: string;
  readonly signal: number;
  readonly security: string;
  readonly connected: boolean;
  readonly device: string | null;
}

describe('Wi-Fi', () => {
  let lab: Lab;
  let folder: string;

  const wifi = (...args: string[]) => lab.cli(['wifi', ...args]);
  const networks = async (which = 'list'): Promise<Network[]> =>
    JSON.parse((await wifi(which, '--as-json')).stdout) as Network[];
  const passwordFile = (password: string): string => {
    const file = join(folder, 'password');
    writeFileSync(file, `${password}\n`, { mode: 0o600 });
    return file;
  };
  /** Joins a network with a password from a file. */
  const joinWith = (ssid: string, password: string, ...more: string[]): Promise<Outcome> => {
    return wifi('connect', ssid, '--password-file', passwordFile(password), ...more);
  };
  const busctl = async (...args: string[]): Promise<string> =>
    (await lab.machine('net-vm').run(['busctl', ...args])).stdout.trim();
  const profiles = async (): Promise<number> => {
    const at = ['org.freedesktop.NetworkManager', '/org/freedesktop/NetworkManager/Settings'];
    return Number((await busctl('call', ...at, `${at[0]}.Settings`, 'ListConnections')).split(' ')[1]);
  };
  /** The signals on the bus of net-vm, once none can be missed. */
  const busSignals = async (): Promise<RunningProgram> => {
    const monitor = RunningProgram.start(lab.machine('net-vm').enter(['dbus-monitor', '--system', "type='signal'"]));
    await monitor.line('NameAcquired');
    return monitor;
  };

  const networkManager = async (verb: 'start' | 'stop' | 'restart'): Promise<void> => {
    const { status, stderr } = await lab.machine('net-vm').systemctl(verb, 'NetworkManager.service');
    if (status !== 0) throw new Error(stderr);
  };

  beforeAll(async () => {
    lab = await sharedLab();
    folder = mkdtempSync(join(tmpdir(), 'givc-wifi-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is an error that names NetworkManager when that is missing', async () => {
    await networkManager('stop');
    const { status, stderr } = await wifi('list');
    await networkManager('start');
    expect(status).toBe(1);
    expect(stderr).toBe('givc-cli: NetworkManager does not run on this machine: start NetworkManager.service\n');
  });

  it('is an error of an agent that does not offer it', async () => {
    const { status, stderr } = await wifi('list', '--vm', 'gui-vm');
    expect(status).toBe(1);
    expect(stderr).toContain('gui-vm does not offer this; capabilities.wifi.enable');
  });

  describe('Wi-Fi with two radios', () => {
    beforeEach(() => networkManager('restart'));

    it('lists the visible networks of each radio once, the strongest first, without hidden ones', async () => {
      const listed = (await networks()).map((one) => `${one.device} ${one.ssid} ${one.signal} ${one.security}`);
      expect(listed).toEqual([
        'wlan0 cafe 90 none',
        'wlan0 home 70 wpa-psk',
        'wlan0 new home 60 sae',
        'wlan0 corp 55 wpa-eap',
        'wlan0 tarpit 30 wpa-psk',
        'wlan0 home 20 none',
        'wlan0 \\xffodd\\x1b 10 none',
        'wlan0 vault 9 wpa-eap-suite-b-192',
        'wlan0 Caf\\xe9 \\xdcber 8 none',
        'wlan0 \\xd6\\xd0\\xce\\xc4 7 none',
        `wlan0 ${'\\xff'.repeat(32)} 6 none`,
        'wlan0  @home  5 none',
        'wlan1 home 50 wpa-psk',
        'wlan1 museum 45 owe',
      ]);
      expect((await wifi('list')).stdout).toMatch(/^DEVICE +SSID .*\n(wlan0 .*\n){12}(wlan1 .*\n){2}$/);
      expect(await networks('status')).toEqual([]);
    });

    it('makes a radio scan that has not scanned for 30 s, so that the next list is up to date', async () => {
      const late = async () => (await networks()).filter(({ ssid }) => ssid.startsWith('late')).length;
      expect([await late(), await late()]).toEqual([0, 0]);
      const nm = 'org.freedesktop.NetworkManager';
      const radio = [nm, '/org/freedesktop/NetworkManager/Devices/wlan1'];
      await busctl('call', ...radio, `${nm}.Device.Wireless`, 'RequestScan', 'a{sv}', '0');
      expect([await late(), await late()]).toEqual([1, 1]);
      const forget = ['org.freedesktop.DBus.Mock', 'UpdateProperties', 'sa{sv}', `${nm}.Device.Wireless`];
      await busctl('call', ...radio, ...forget, '1', 'LastScan', 'x', '0');
      expect([await late(), await late(), await late()]).toEqual([1, 2, 2]);
    });

    it('connects each of them, shows it, and disconnects both', async () => {
      expect(await joinWith('home', 'correct horse')).toMatchObject({
        status: 0,
        stdout: 'wlan0: connected to "home"\n',
      });
      expect(await wifi('connect', 'museum')).toMatchObject({ status: 0, stdout: 'wlan1: connected to "museum"\n' });
      expect(await networks('status')).toEqual([
        { ssid: 'home', signal: 70, security: 'wpa-psk', connected: true, device: 'wlan0' },
        { ssid: 'museum', signal: 45, security: 'owe', connected: true, device: 'wlan1' },
      ]);
      expect((await wifi('disconnect')).stdout).toBe(
        'wlan0: disconnected from "home"\nwlan1: disconnected from "museum"\n',
      );
      expect(await networks('status')).toEqual([]);
      expect((await wifi('disconnect')).stdout).toBe('wlan0: not connected\nwlan1: not connected\n');
    });

    it('is listed, joined and left by a client that knows the service by reflection only', async () => {
      const files = certificatesOf('operator');
      const options = ['--cacert', `${files}/ca-cert.pem`, '--cert', `${files}/cert.pem`, '--key', `${files}/key.pem`];
      const call = async (rpc: string, request: object) => {
        const url = `https://${addresses['net-vm']}:${agentPort}/wifimanager.WifiService/${rpc}`;
        const data = ['--protocol', 'grpc', '--servername', 'net-vm', '--data', JSON.stringify(request), url];
        const { status, stdout, stderr } = await run([
          join(checkout, 'node_modules/.bin/buf'),
          'curl',
          ...options,
          ...data,
        ]);
        expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
        return JSON.parse(stdout) as object;
      };
      expect(await call('ListNetwork', {})).toMatchObject({
        networks: expect.arrayContaining([expect.objectContaining({ SSID: 'home', Signal: 70, Security: 'wpa-psk' })]),
      });
      expect(await call('ConnectNetwork', { SSID: 'home', Password: 'correct horse' })).toHaveProperty('Response');
      expect(await call('GetActiveConnection', {})).toMatchObject({ Connection: true, SSID: 'home' });
      expect(await call('DisconnectNetwork', {})).toHaveProperty('Response');
      expect(await call('GetActiveConnection', {})).not.toHaveProperty('Connection');
    });

    it.each([
      ['WPA3', 'new home', ['battery staple']],
      ['enterprise', 'corp', ['rabbit hole', '--identity', 'alice', '--domain', 'example.com']],
      ['hidden', 'secret base', ['open sesame', '--hidden']],
      ['open', 'cafe', ['']],
      ['enterprise of 192 bits', 'vault', ['rabbit hole', '--identity', 'alice', '--domain', 'example.com']],
      ['visible to the second radio', 'home', ['correct horse', '--device', 'wlan1']],
    ])('connects to a network that is %s', async (_, ssid, [password = '', ...more]) => {
      const { status, stdout, stderr } = await joinWith(ssid, password, ...more);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).toMatch(/^wlan[01]: connected to/);
      expect(await profiles()).toBe(1);
    });

    it('connects to each open network by the name in the table, whatever its bytes', async () => {
      const rows = (await wifi('list')).stdout.split('\n').map((line) => line.split(/ {2,}/));
      const names = rows.filter(([device, , , security]) => device === 'wlan0' && security === 'none');
      expect(names).toHaveLength(7);
      const outcomes = [];
      for (const [, ssid = ''] of names.filter(([, ssid]) => ssid !== 'home'))
        outcomes.push((await joinWith(ssid, '')).stdout);
      expect(outcomes).toEqual(Array(6).fill(expect.stringMatching(/^wlan0: connected to/)));
    });

    it('rejects a wrong password as such, and deletes the profile of the network', async () => {
      const { status, stderr } = await joinWith('home', 'wrong horse');
      expect({ status, stderr }).toEqual({
        status: 1,
        stderr: 'givc-cli: Password: wrong password: wlan0: "home" does not accept it\n',
      });
      expect(await profiles()).toBe(0);
      expect(await networks('status')).toEqual([]);
    });

    it('keeps one profile of a network, with the correct password', async () => {
      await joinWith('home', 'correct horse');
      await wifi('disconnect');
      expect(await wifi('connect', 'home')).toMatchObject({ status: 0 });
      expect(await joinWith('home', 'wrong horse')).toMatchObject({ status: 1 });
      expect(await wifi('connect', 'home')).toMatchObject({ status: 0 });
      expect(await joinWith('home', 'correct horse')).toMatchObject({ status: 0 });
      expect(await profiles()).toBe(1);
    });

    it('shows no process the password, and ends without a profile when the caller hangs up', async () => {
      const bus = await busSignals();
      const args = ['wifi', 'connect', 'tarpit', '--password-file', passwordFile('long enough')];
      const leaving = spawn(cliProgram, args, { env: { ...process.env, ...lab.cliEnvironment() }, stdio: 'ignore' });
      await bus.line('member=NewConnection');
      // The processes of all machines, including the caller.
      const { stdout: processes } = await run(['ps', '-eww', '-o', 'args']);
      expect(processes).toContain('wifi connect tarpit');
      expect(processes).not.toContain('long enough');
      leaving.kill('SIGINT');
      await bus.line('member=ConnectionRemoved');
      await bus.stop();
      expect(await profiles()).toBe(0);
      expect(await joinWith('home', 'correct horse')).toMatchObject({ status: 0 });
    });

    it('rejects credentials that a network does not accept before it tries to connect', async () => {
      expect((await joinWith('cafe', 'long enough')).stderr).toContain('"cafe" is an open network and needs none');
      expect((await wifi('connect', 'home', '--device', 'wlan1')).stderr).toContain('"home" (wpa-psk) needs one');
      expect((await joinWith('corp', 'rabbit hole')).stderr).toContain('"corp" is an enterprise network');
      expect((await wifi('connect', 'nowhere')).stderr).toContain('no network "nowhere" is in range');
      expect((await wifi('connect', 'cafe', '--device', 'wlan7')).stderr).toContain('wlan0, wlan1 are');
      expect(await profiles()).toBe(0);
    });

    it('is turned off and on by the name of a radio, and a radio that is off does not connect', async () => {
      expect(await wifi('off')).toMatchObject({ status: 0, stdout: 'wlan0: off\nwlan1: off\n' });
      expect((await wifi('connect', 'cafe')).stderr).toContain('Wi-Fi is off: turn it on first');
      expect(await wifi('on')).toMatchObject({ status: 0, stdout: 'wlan0: on\nwlan1: on\n' });
      expect(await wifi('connect', 'cafe')).toMatchObject({ status: 0 });
    });

    it('writes no password into a log or a record', async () => {
      await joinWith('home', 'correct horse');
      await joinWith('home', 'wrong horse');
      const netVm = lab.machine('net-vm');
      const journal = (await netVm.journalctl('--output=json')) + (await recordedLines(netVm)).join('\n');
      expect(journal).toContain('/wifimanager.WifiService/ConnectNetwork');
      expect(journal).not.toMatch(/horse|battery staple|rabbit hole|open sesame/);
      expect(await lab.machine('net-vm').journal(programUnit('net-vm'))).toContain('wifi connection failed');
    });

    it('works again after NetworkManager was restarted', async () => {
      await networkManager('stop');
      expect((await wifi('list')).stderr).toContain('NetworkManager does not run');
      await networkManager('start');
      expect((await networks()).length).toBeGreaterThan(0);
    });
  });
});
