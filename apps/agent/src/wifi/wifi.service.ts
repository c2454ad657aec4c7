// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { uptime } from 'node:os';
import { Injectable } from '@nestjs/common';
import { Log } from '@givc/log';
import { GivcError, invalid, messageOf, quoted } from '@givc/model';
import { FairQueue, type QueuedCall } from '@givc/queue';
import type { wifimanager } from '@givc/rpc';
import { timeoutSignal } from '@givc/time';
import { AgentSettings } from '../config/agent-settings.js';
import { activate, deactivate } from './activation.js';
import { connectionAttempt, type ConnectionAttempt } from './connection-attempt.js';
import type { ConnectRequest } from './connect-request.js';
import type { ConnectionFailure } from './failures.js';
import { NetworkManager } from './network-manager.js';
import { networkOf, networksOf } from './networks.js';
import { savedProfilesOf } from './saved-profile.js';
import { quotedSsid, ssidNames } from './ssid.js';
import { selectTarget, type ConnectTarget } from './target.js';
import type { WirelessDevice } from './wireless.js';

const connectMs = 45_000;
const disconnectMs = 20_000;
/** The deadline includes the time of NetworkManager beside the connection itself. */
const limits = {
  name: 'Wi-Fi',
  slots: 1,
  ofCaller: 2,
  waiting: 3,
  waitMs: 120_000,
  deadlineMs: connectMs + 30_000,
  fix: 'try again later',
};
/** The maximum age of the networks in a list, as of nmcli(1). */
const scanFreshMs = 30_000;

/**
 * The radios of this machine, as NetworkManager has them. Every method rejects with FAILED_PRECONDITION when there is
 * no NetworkManager, or no wireless device.
 */
@Injectable()
export class WifiService {
  readonly #queue: FairQueue;

  constructor(
    private readonly manager: NetworkManager,
    private readonly log: Log,
    settings: AgentSettings,
  ) {
    this.#queue = new FairQueue({ ...limits, relay: settings.relay });
  }

  /**
   * The networks in range, device by device, the strongest first; only those of this name unless it is empty. A device
   * that has not scanned for 30 s scans now: its results are in the next list.
   */
  async networks(name: string): Promise<wifimanager.AccessPoint[]> {
    const { isOn, devices } = await this.#wireless();
    if (isOn) for (const device of devices) this.#scanIfDue(device);
    const networks = devices.flatMap(networksOf);
    if (name === '') return networks;
    const names = ssidNames(name);
    return networks.filter(({ SSID }) => names.includes(SSID));
  }

  /** The network of the first connected device; an empty network when none is connected. */
  async active(): Promise<wifimanager.AccessPoint> {
    for (const device of await this.#devices()) {
      const active = device.accessPoints.find(({ isActive }) => isActive);
      if (active) return networkOf(device, active);
    }
    return { Connection: false, SSID: '', Signal: 0, Security: '', Device: '' };
  }

  /**
   * Resolves when the machine is connected and has an address, with a sentence that names the device. INVALID_ARGUMENT
   * when the password is wrong, FAILED_PRECONDITION for other reasons, DEADLINE_EXCEEDED after 45 s. After a failure,
   * or when the caller hangs up, the saved profiles are as before. One connection is made at a time.
   */
  connect(request: ConnectRequest, call: QueuedCall): Promise<string> {
    return this.#queue.run(call, async ({ signal }) => {
      const { isOn, devices } = await this.#wireless();
      if (!isOn) throw new GivcError('FAILED_PRECONDITION', 'Wi-Fi is off: turn it on first');
      const saved = savedProfilesOf(await this.manager.profiles());
      const target = selectTarget(devices, saved, request);
      const attempt = await connectionAttempt(this.manager, target, request);
      const fields = { ssid: request.name, device: target.device.interface };
      try {
        await this.#join(target, request, attempt, signal);
      } catch (error) {
        this.log.warn('wifi connection failed', { ...fields, error: messageOf(error) });
        await this.#undo(attempt);
        throw error;
      }
      this.log.info('wifi connected', fields);
      return `${target.device.interface}: connected to ${quotedSsid(request.name)}`;
    });
  }

  /** Resolves with a line for each device, when all are disconnected. */
  async disconnect(): Promise<string> {
    const devices = await this.#devices();
    const signal = timeoutSignal(disconnectMs);
    const lines = devices.map(async ({ interface: name, active }) => {
      if (!active) return `${name}: not connected`;
      await deactivate(this.manager, active.path, signal).catch((error: unknown) => {
        throw signal.aborted ? timedOut(`${name}: still connected`, disconnectMs) : error;
      });
      this.log.info('wifi disconnected', { ssid: active.name, device: name });
      return `${name}: disconnected from ${quoted(active.name)}`;
    });
    return (await Promise.all(lines)).join('\n');
  }

  /** Switches all radios on or off, permanently. FAILED_PRECONDITION when the hardware switch keeps them off. */
  async turn(on: boolean): Promise<string> {
    const { isHardwareOn, devices } = await this.#wireless();
    if (on && !isHardwareOn)
      throw new GivcError('FAILED_PRECONDITION', 'a switch of the machine, or rfkill(8), keeps Wi-Fi off');
    await this.manager.setWirelessEnabled(on);
    this.log.info('wifi turned', { on });
    return devices.map((device: WirelessDevice) => `${device.interface}: ${on ? 'on' : 'off'}`).join('\n');
  }

  async #join(
    target: ConnectTarget,
    request: ConnectRequest,
    attempt: ConnectionAttempt,
    signal: AbortSignal,
  ): Promise<void> {
    const limit = timeoutSignal(connectMs);
    const either = AbortSignal.any([signal, limit]);
    const network = `${target.device.interface}: ${quotedSsid(request.name)}`;
    const failure = await activate(this.manager, target.device.path, () => attempt.start(), either).catch(
      (error: unknown) => {
        throw limit.aborted && !signal.aborted
          ? timedOut(`${network} did not accept the connection`, connectMs)
          : error;
      },
    );
    if (failure) throw errorOf(network, request, failure);
  }

  #scanIfDue({ path, lastScanMs }: WirelessDevice): void {
    if (lastScanMs >= 0 && uptime() * 1_000 - lastScanMs < scanFreshMs) return;
    this.manager.requestScan(path).catch(() => {
      // The device is busy, or is already scanning.
    });
  }

  async #undo(attempt: ConnectionAttempt): Promise<void> {
    await attempt
      .undo()
      .catch((error: unknown) => this.log.warn('wifi profile not restored', { error: messageOf(error) }));
  }

  async #wireless() {
    const wireless = await this.manager.wireless();
    if (wireless.devices.length === 0)
      throw new GivcError('FAILED_PRECONDITION', 'NetworkManager manages no wireless device on this machine');
    return wireless;
  }

  async #devices(): Promise<readonly WirelessDevice[]> {
    return (await this.#wireless()).devices;
  }
}

const timedOut = (what: string, ms: number): GivcError =>
  new GivcError('DEADLINE_EXCEEDED', `${what} within ${ms / 1_000} s`);

function errorOf(network: string, { password }: ConnectRequest, { isOfSecrets, reason }: ConnectionFailure): GivcError {
  if (!isOfSecrets) return new GivcError('FAILED_PRECONDITION', `${network}: ${reason}`);
  return invalid('Password', `wrong password: ${network} does not accept ${password ? 'it' : 'the saved one'}`);
}
