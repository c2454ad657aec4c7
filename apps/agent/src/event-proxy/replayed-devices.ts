// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setImmediate } from 'node:timers/promises';
import { sameDescription, type DeviceDescription, type EventClass, type InputDevices } from '@givc/input';
import { GivcError } from '@givc/model';
import type { Log } from '@givc/log';
import type { ClientStreamingCall } from '@givc/rpc';
import type { RegisteredDevice } from './device-info.js';
import { ReplayedDevice } from './replayed-device.js';

/**
 * The time for which a device is kept without a stream: its producer may have lost the connection, or may make a call
 * for each event.
 */
const keptMs = 30_000;
/** The maximum number of devices, more than a person plugs in. */
const most = 16;

export type EventCall = ClientStreamingCall<InputMessage>;
type InputMessage = Parameters<ReplayedDevice['receive']>[0];

/** A device, and its stream while there is one. */
interface Entry {
  readonly device: ReplayedDevice;
  stream: { end(error: GivcError): void } | undefined;
  /** Whether its stream has ended and the next one is awaited. */
  isOrphaned: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * The devices of the one producer that a listener accepts, each with one stream. A device whose stream is cut has its
 * keys released, and is kept for 30 s for the next stream. It is removed at once when its producer has reported that it
 * was unplugged.
 */
export class ReplayedDevices {
  readonly #entries = new Map<string, Entry>();

  constructor(
    private readonly allowed: readonly EventClass[],
    private readonly devices: InputDevices,
    private readonly log: Log,
  ) {}

  /**
   * Registers a device, in place of an earlier one with the same id. If the same device is already there, under this id
   * or under another one whose stream was cut, it is kept. Throws PERMISSION_DENIED when it is of no class that is
   * allowed, RESOURCE_EXHAUSTED when there are too many, and FAILED_PRECONDITION when no virtual device can be made.
   */
  register(id: string, registered: RegisteredDevice): void {
    this.#adopt(id, registered);
    const before = this.#entries.get(id);
    if (before && isSame(before.device.registered, registered)) {
      interrupt(before, 'the device was registered again');
      return this.#keep(before, id);
    }
    if (!before && this.#entries.size >= most)
      throw new GivcError('RESOURCE_EXHAUSTED', `there are ${most} devices already`);
    const device = new ReplayedDevice(registered, this.allowed, this.devices);
    if (before) this.#remove(id, 'replaced');
    const entry: Entry = { device, stream: undefined, isOrphaned: false, timer: undefined };
    this.#entries.set(id, entry);
    this.#keep(entry, id);
    const { name, vendor, product } = registered;
    this.log.info('event proxy: a device was plugged in', {
      ...{ device: name, vendor: hexadecimal(vendor), product: hexadecimal(product) },
      classes: device.classes.join(','),
    });
  }

  /**
   * Replays the events of a call until it ends. Throws FAILED_PRECONDITION when its device is not registered, and
   * ABORTED when another stream or registration of the device comes.
   */
  async replay(id: string, call: EventCall): Promise<void> {
    const entry = this.#entry(id);
    interrupt(entry, 'the device has a newer stream');
    clearTimeout(entry.timer);
    const { device } = entry;
    let hasRejected = false;
    let [stream, isCut]: [Entry['stream'], boolean] = [undefined, true];
    try {
      await new Promise<void>((resolve, reject) => {
        const own = { end: reject as (error: GivcError) => void };
        entry.stream = stream = own;
        entry.isOrphaned = false;
        call.on('data', (event: InputMessage) => {
          // Events may still arrive after the stream was interrupted.
          if (entry.stream !== own) return;
          try {
            if (device.receive(event) || hasRejected) return;
            hasRejected = true;
            this.#logRejected(device, event);
          } catch (error) {
            own.end(error as GivcError);
          }
        });
        call.once('end', () => void hasHungUp(call).then((isHungUp) => (isHungUp ? reject(hungUp()) : resolve())));
        call.once('cancelled', () => reject(hungUp()));
        call.once('error', (error) => reject(hungUp(error)));
      });
      isCut = false;
    } finally {
      call.removeAllListeners('data');
      call.resume();
      if (entry.stream === stream) this.#ended(entry, id, isCut);
    }
  }

  /** Throws FAILED_PRECONDITION when no such device is registered. */
  nameOf(id: string): string {
    return this.#entry(id).device.registered.name;
  }

  close(): void {
    for (const id of [...this.#entries.keys()]) this.#remove(id, 'stopped');
  }

  /** A restarted agent registers its devices under other ids; a device whose stream was cut is recognized. */
  #adopt(id: string, registered: RegisteredDevice): void {
    if (this.#entries.has(id)) return;
    for (const [known, entry] of this.#entries)
      if (entry.isOrphaned && isSame(entry.device.registered, registered)) {
        this.#entries.delete(known);
        clearTimeout(entry.timer);
        entry.isOrphaned = false;
        this.#entries.set(id, entry);
        return;
      }
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (!entry) throw new GivcError('FAILED_PRECONDITION', 'no device is registered: call RegisterDevice first');
    return entry;
  }

  #ended(entry: Entry, id: string, isCut: boolean): void {
    entry.stream = undefined;
    entry.isOrphaned = true;
    entry.device.release(isCut);
    // When the device is unplugged, a producer of this implementation ends its stream, and one of another
    // implementation cuts it.
    if (isCut === (id === '')) this.#remove(id, 'unplugged');
    else this.#keep(entry, id);
  }

  #keep(entry: Entry, id: string): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => this.#remove(id, 'its producer is gone'), keptMs).unref();
  }

  #remove(id: string, reason: string): void {
    const entry = this.#entries.get(id)!;
    const { device, timer } = entry;
    this.#entries.delete(id);
    clearTimeout(timer);
    interrupt(entry, 'the device was replaced');
    device.destroy();
    const { rejected } = device;
    this.log.info('event proxy: a device was removed', {
      ...{ device: device.registered.name, reason },
      ...(rejected > 0 && { rejected }),
    });
  }

  /** Logs one line for each stream; the number is logged when the device is removed. */
  #logRejected({ registered }: ReplayedDevice, { type, code, value }: InputMessage): void {
    this.log.warn('event proxy: an event was rejected that the device cannot send', {
      ...{ device: registered.name, type, code, value },
    });
  }
}

/** Ends the stream of a device, if it has one, and releases its keys. */
function interrupt(entry: Entry, reason: string): void {
  const { stream, device } = entry;
  if (!stream) return;
  entry.stream = undefined;
  device.release(true);
  stream.end(new GivcError('ABORTED', reason));
}

const hexadecimal = (value: number): string => value.toString(16).padStart(4, '0');

/**
 * When a caller resets its stream, Node (20) ends its messages first, and reports the reset up to an iteration of the
 * event loop later: event-proxy-peers.spec.ts.
 */
async function hasHungUp(call: EventCall): Promise<boolean> {
  await setImmediate();
  await setImmediate();
  return call.cancelled;
}

const hungUp = (cause?: unknown): GivcError => new GivcError('CANCELLED', 'the producer hung up', { cause });

const isSame = (one: RegisteredDevice, other: RegisteredDevice): boolean =>
  sameDescription(one as DeviceDescription, other as DeviceDescription);
