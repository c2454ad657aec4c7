// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { InputDevice, InputDevices } from '@givc/input';
import { LogOnce, type Log } from '@givc/log';
import { GivcError, messageOf, type Endpoint } from '@givc/model';
import { RpcChannel, type Dialer } from '@givc/rpc';
import { PeerProbe } from '../proxy/peer-probe.js';
import { ForwardedDevice } from './forwarded-device.js';

/** The name of VMware's virtual mouse, which a virtual machine has in addition to plugged-in ones. */
const emulated = 'vmmouse';

export interface EventProducerOptions {
  /** The text that the name of a device contains, in upper or lower case. */
  readonly device: string;
  /** Whether to grab the device for the consumer. */
  readonly grab: boolean;
  readonly consumer: Endpoint;
}

/**
 * Sends the events of each device with this name to a consumer, including devices that are plugged in later. A consumer
 * of another implementation supports one device at a time: it gets the first device, and the next one when that is
 * unplugged. The agent's own virtual devices are ignored.
 */
export class EventProducer {
  readonly #channel: RpcChannel;
  readonly #probe: PeerProbe;
  readonly #stopping = new AbortController();
  /** By path, in the order of plugging in. */
  readonly #open = new Map<string, ForwardedDevice>();
  readonly #sending = new Set<ForwardedDevice>();
  readonly #logged = new LogOnce();
  #reachable = new AbortController();
  #takesSeveral = false;

  constructor(
    private readonly options: EventProducerOptions,
    private readonly devices: InputDevices,
    dialer: Dialer,
    private readonly log: Log,
  ) {
    this.#channel = new RpcChannel(options.consumer, dialer);
    this.#probe = new PeerProbe(this.#channel);
    this.#channel.onState((state) => {
      if (state !== 'READY') return;
      this.#reachable.abort();
      this.#reachable = new AbortController();
    });
  }

  start(): void {
    this.#channel.keepConnected();
    this.#probe.start();
    this.devices.watch((path) => this.#look(path), this.#stopping.signal);
    if (this.#open.size === 0) this.log.info('event proxy waits for a device', { device: this.options.device });
  }

  close(): void {
    this.#stopping.abort();
    for (const device of this.#open.values()) device.close();
    this.#probe.stop();
    this.#channel.close();
  }

  #look(path: string): void {
    if (this.#open.has(path)) return;
    try {
      const device = this.devices.open(path);
      if (this.#isWanted(device)) this.#forward(device);
      else device.close();
    } catch (error) {
      // It is not an error if a device has been unplugged meanwhile.
      if (!(error instanceof GivcError && error.reason === 'NOT_FOUND')) this.#warnOnce(messageOf(error));
    }
  }

  #isWanted({ isOwn, description }: InputDevice): boolean {
    const name = description.name.toLowerCase();
    return !isOwn && name.includes(this.options.device.toLowerCase()) && !name.includes(emulated);
  }

  #forward(device: InputDevice): void {
    const { path } = device;
    if (this.options.grab) this.#grab(device);
    const consumer = { channel: this.#channel, reachable: () => this.#reachable.signal };
    const forwarded = new ForwardedDevice(device, consumer, () => this.#sendAll(), this.log);
    this.#open.set(path, forwarded);
    void forwarded.read().then(() => {
      this.#open.delete(path);
      this.log.info('event proxy: a device was unplugged', { device: device.description.name, path });
      this.#sendFirst();
    });
    if (this.#takesSeveral) this.#send(forwarded);
    else this.#sendFirst();
  }

  /** A device that another reader has grabbed is still sent, but may have no events. */
  #grab(device: InputDevice): void {
    try {
      device.grab();
    } catch (error) {
      this.#warnOnce(messageOf(error));
    }
  }

  #sendFirst(): void {
    const [first] = this.#open.values();
    if (first && this.#sending.size === 0) this.#send(first);
  }

  #sendAll(): void {
    this.#takesSeveral = true;
    for (const device of this.#open.values()) this.#send(device);
  }

  #send(device: ForwardedDevice): void {
    if (this.#sending.has(device)) return;
    this.#sending.add(device);
    void device.send().finally(() => {
      this.#sending.delete(device);
      if (!this.#stopping.signal.aborted) this.#sendFirst();
    });
  }

  #warnOnce(problem: string): void {
    if (this.#logged.isNew(problem)) this.log.warn('event proxy: an input device cannot be used', { error: problem });
  }
}
