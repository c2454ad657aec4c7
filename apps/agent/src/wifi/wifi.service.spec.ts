// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import os from 'node:os';
import { Log } from '@givc/log';
import { timeoutSignal } from '@givc/time';
import { GivcError } from '@givc/model';
import { agentSettings } from '../../fixtures/agent-settings.fixture.js';
import type { NetworkManager } from './network-manager.js';
import { StateWatch } from './state-watch.js';
import { WifiService } from './wifi.service.js';
import type { AccessPoint, Wireless, WirelessDevice } from './wireless.js';

jest.mock('@givc/time', () => ({ ...jest.requireActual<object>('@givc/time'), timeoutSignal: jest.fn() }));

const home: AccessPoint = {
  path: '/point',
  ssid: Buffer.from('home'),
  name: 'home',
  strength: 70,
  security: 'none',
  isActive: false,
};
const wlan0: WirelessDevice = {
  path: '/device',
  interface: 'wlan0',
  active: undefined,
  accessPoints: [home],
  lastScanMs: -1,
};
const request = { name: 'home', password: undefined, settings: {} };
const uptimeMs = 1_000_000;

/** The methods of NetworkManager that the service uses; the test controls the state of the connection. */
class FakeManager {
  readonly calls: string[] = [];
  state: Wireless = { isOn: true, isHardwareOn: true, devices: [wlan0] };
  readonly watches: StateWatch[] = [];
  isConnecting: Promise<void>;
  #connecting!: () => void;

  constructor() {
    this.isConnecting = new Promise((resolve) => (this.#connecting = resolve));
  }

  wireless = () => Promise.resolve(this.state);
  profiles = () => Promise.resolve(new Map());
  add = () => this.#done('add', '/profile');
  delete = (path: string) => this.#done(`delete ${path}`, undefined);
  activeState = () => Promise.resolve(1);
  deactivate = (path: string) => this.#done(`deactivate ${path}`, undefined);
  setWirelessEnabled = (on: boolean) => this.#done(`turn ${on ? 'on' : 'off'}`, undefined);
  requestScan = (path: string) => this.#done(`scan ${path}`, undefined);
  activate = (profile: string) => {
    setImmediate(this.#connecting);
    return this.#done(`activate ${profile}`, '/active');
  };
  watch = () => {
    const watch = new StateWatch(() => undefined);
    this.watches.push(watch);
    return Promise.resolve(watch);
  };

  /** The connection has another state: NMActiveConnectionState. */
  become(state: number): void {
    for (const watch of this.watches) watch.add({ path: '/active', state, reason: 0 });
  }

  #done<T>(call: string, result: T): Promise<T> {
    this.calls.push(call);
    return Promise.resolve(result);
  }
}

describe('the Wi-Fi of a machine', () => {
  let manager: FakeManager;
  let service: WifiService;
  let lines: string[];
  /** The time limits that were set, by their milliseconds. */
  let limits: Map<number, AbortController>;
  const callOf = (caller: string, signal = new AbortController().signal) => ({ caller, signal });
  const never = callOf('gui-vm');

  beforeEach(() => {
    limits = new Map();
    jest.mocked(timeoutSignal).mockImplementation((ms) => {
      const limit = new AbortController();
      limits.set(ms, limit);
      return limit.signal;
    });
    jest.spyOn(os, 'uptime').mockReturnValue(uptimeMs / 1_000);
    manager = new FakeManager();
    lines = [];
    service = new WifiService(
      manager as unknown as NetworkManager,
      new Log('info', (line) => lines.push(line.trimEnd()), false),
      agentSettings,
    );
  });
  afterEach(() => jest.restoreAllMocks());

  describe('when a caller connects the machine', () => {
    it('waits until NetworkManager is connected, and names the device', async () => {
      const connected = service.connect(request, never);
      await manager.isConnecting;
      manager.become(2);
      expect(await connected).toBe('wlan0: connected to "home"');
      expect(manager.calls).toEqual(['add', 'activate /profile']);
      expect(lines).toEqual(['info: wifi connected ssid=home device=wlan0']);
    });

    it('waits for at most 45 s, and then leaves no profile behind', async () => {
      const connected = service.connect(request, never);
      await manager.isConnecting;
      expect([...limits.keys()]).toEqual([45_000]);
      limits.get(45_000)!.abort();
      await expect(connected).rejects.toMatchObject({
        reason: 'DEADLINE_EXCEEDED',
        message: 'wlan0: "home" did not accept the connection within 45 s',
      });
      expect(manager.calls.slice(2)).toEqual(['deactivate /active', 'delete /profile']);
      expect(lines).toEqual([expect.stringMatching(/^warn: wifi connection failed ssid=home device=wlan0 error=/)]);
    });

    it('stops waiting when the caller hangs up, and leaves no profile behind', async () => {
      const hangUp = new AbortController();
      const connected = service.connect(request, callOf('gui-vm', hangUp.signal));
      await manager.isConnecting;
      hangUp.abort();
      await expect(connected).rejects.toMatchObject({ reason: 'CANCELLED' });
      expect(manager.calls.slice(2)).toEqual(['deactivate /active', 'delete /profile']);
    });

    it('fails with the reason of NetworkManager, and logs what cannot be undone', async () => {
      manager.delete = () => Promise.reject(new Error('no such profile'));
      const connected = service.connect(request, never);
      await manager.isConnecting;
      manager.become(4);
      await expect(connected).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: expect.stringMatching(/^wlan0: "home": /),
      });
      expect(lines.at(-1)).toBe('warn: wifi profile not restored error="no such profile"');
    });

    it('is rejected while the radio is off', async () => {
      manager.state = { ...manager.state, isOn: false };
      await expect(service.connect(request, never)).rejects.toMatchObject({
        reason: 'FAILED_PRECONDITION',
        message: 'Wi-Fi is off: turn it on first',
      });
    });

    it('serves one call after another, and rejects a third open call of a caller', async () => {
      const first = service.connect(request, never);
      await manager.isConnecting;
      const waiting = [never, callOf('net-vm')].map((call) => service.connect(request, call));
      await new Promise<void>((resolve) => setImmediate(resolve));
      expect(manager.calls.filter((call) => call.startsWith('activate'))).toHaveLength(1);
      await expect(service.connect(request, never)).rejects.toMatchObject({
        reason: 'RESOURCE_EXHAUSTED',
        message: 'Wi-Fi: 2 calls of one caller may be open; try again later',
      });
      for (const connected of [first, waiting[1], waiting[0]]) {
        while (manager.watches.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
        manager.become(2);
        manager.watches.length = 0;
        await connected;
      }
      expect(manager.calls.filter((call) => call.startsWith('activate'))).toHaveLength(3);
    });
  });

  describe('when a caller disconnects the machine', () => {
    const joined: WirelessDevice = { ...wlan0, active: { path: '/active', name: 'home' } };

    it('disconnects each connected device, with a line for each', async () => {
      manager.state = { ...manager.state, devices: [joined, { ...wlan0, interface: 'wlan1' }] };
      const disconnected = service.disconnect();
      while (manager.calls.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      manager.become(4);
      expect(await disconnected).toBe('wlan0: disconnected from "home"\nwlan1: not connected');
      expect(lines).toEqual(['info: wifi disconnected ssid=home device=wlan0']);
    });

    it('fails when that takes longer than 20 s', async () => {
      manager.state = { ...manager.state, devices: [joined] };
      const disconnected = service.disconnect();
      while (manager.calls.length === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      limits.get(20_000)!.abort();
      await expect(disconnected).rejects.toMatchObject({
        reason: 'DEADLINE_EXCEEDED',
        message: 'wlan0: still connected within 20 s',
      });
    });

    it('fails with the reason of NetworkManager when that rejects', async () => {
      manager.state = { ...manager.state, devices: [joined] };
      manager.deactivate = () => Promise.reject(new GivcError('FAILED_PRECONDITION', 'not now'));
      await expect(service.disconnect()).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION', message: 'not now' });
    });
  });

  describe('when a caller lists the networks', () => {
    it('lists the networks of all devices, or those of one name', async () => {
      const cafe = { ...home, name: 'cafe', ssid: Buffer.from('cafe') };
      manager.state = { ...manager.state, devices: [wlan0, { ...wlan0, accessPoints: [cafe] }] };
      expect((await service.networks('')).map(({ SSID }) => SSID)).toEqual(['home', 'cafe']);
      expect((await service.networks('cafe')).map(({ SSID }) => SSID)).toEqual(['cafe']);
      expect((await service.networks('caf\\x65')).map(({ SSID }) => SSID)).toEqual(['cafe']);
    });

    it.each([
      ['never', -1, true],
      ['30 s ago', uptimeMs - 30_000, true],
      ['less than 30 s ago', uptimeMs - 29_999, false],
    ])('scans with a device that has scanned %s: %s', async (_, lastScanMs, scans) => {
      manager.state = { ...manager.state, devices: [{ ...wlan0, lastScanMs }] };
      await service.networks('');
      expect(manager.calls).toEqual(scans ? ['scan /device'] : []);
    });

    it('lists the networks even when a device is busy', async () => {
      manager.requestScan = () => Promise.reject(new Error('busy'));
      expect(await service.networks('')).toHaveLength(1);
      expect(lines).toEqual([]);
    });

    it('does not scan while the radio is off', async () => {
      manager.state = { ...manager.state, isOn: false };
      await service.networks('');
      expect(manager.calls).toEqual([]);
    });
  });

  it('returns the active network, or an empty one', async () => {
    expect(await service.active()).toEqual({ Connection: false, SSID: '', Signal: 0, Security: '', Device: '' });
    const point = { ...home, isActive: true };
    manager.state = {
      ...manager.state,
      devices: [wlan0, { ...wlan0, interface: 'wlan1', accessPoints: [home, point] }],
    };
    expect(await service.active()).toEqual({
      Connection: true,
      SSID: 'home',
      Signal: 70,
      Security: 'none',
      Device: 'wlan1',
    });
  });

  it.each([
    [true, 'wlan0: on'],
    [false, 'wlan0: off'],
  ])('switches the radio on or off: %s', async (on, answer) => {
    expect(await service.turn(on)).toBe(answer);
    expect(manager.calls).toEqual([`turn ${on ? 'on' : 'off'}`]);
  });

  it('switches the radio off, but not on, when the hardware switch is off', async () => {
    manager.state = { ...manager.state, isHardwareOn: false };
    await expect(service.turn(true)).rejects.toMatchObject({ reason: 'FAILED_PRECONDITION' });
    expect(await service.turn(false)).toBe('wlan0: off');
    expect(manager.calls).toEqual(['turn off']);
  });

  it.each<[string, (wifi: WifiService) => Promise<unknown>]>([
    ['list networks', (wifi) => wifi.networks('')],
    ['return the active one', (wifi) => wifi.active()],
    ['connect', (wifi) => wifi.connect(request, never)],
    ['disconnect', (wifi) => wifi.disconnect()],
    ['turn the radio on', (wifi) => wifi.turn(true)],
  ])('cannot %s without a wireless device', async (_, ask) => {
    manager.state = { ...manager.state, devices: [] };
    await expect(ask(service)).rejects.toMatchObject({
      reason: 'FAILED_PRECONDITION',
      message: 'NetworkManager manages no wireless device on this machine',
    });
    expect(manager.calls).toEqual([]);
  });
});
