// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import { GivcError } from '@givc/model';
import type { DeviceDescription } from './description.js';
import { eventTypes, repeated, synReport } from './event-codes.js';
import { InputDevices, type InputDevice, type VirtualDevice } from './input-devices.js';
import type { InputEvent } from './input-event.js';
import { PacketReader, type Stateful } from './packet-reader.js';

type Event = Pick<InputEvent, 'type' | 'code' | 'value'>;

/** A device that is plugged into a machine of a test. */
export interface FakeDevice {
  readonly path: string;
  readonly description: DeviceDescription;
  /** Whether a reader has grabbed it. */
  readonly isGrabbed: boolean;
  /** The number of its readers. */
  readonly readers: number;
  /** If it is a virtual device: the packets that were written to it, one element for each `write`. */
  readonly written: readonly (readonly InputEvent[])[];
  /** The keys that are pressed. */
  readonly pressed: readonly number[];
  /** Sends events like the kernel, which leaves out events that do not change anything. */
  emit(...events: readonly Event[]): void;
  unplug(): void;
}

/** A plugged-in device and its readers. */
class Plugged implements FakeDevice {
  readonly written: (readonly InputEvent[])[] = [];
  readonly open = new Set<OpenDevice>();
  readonly #pressed = new Set<number>();
  readonly #switches = new Set<number>();
  readonly #positions = new Map<number, number>();
  #clockUs = 1_700_000_000_000_000;

  constructor(
    readonly path: string,
    readonly description: DeviceDescription,
    readonly isOwn: boolean,
    private readonly devices: FakeInputDevices,
  ) {}

  get isGrabbed(): boolean {
    return [...this.open].some((one) => one.isGrabbing);
  }

  get readers(): number {
    return this.open.size;
  }

  get pressed(): number[] {
    return [...this.#pressed];
  }

  get switches(): number[] {
    return [...this.#switches];
  }

  get active(): Stateful[] {
    return [
      ...this.pressed.map((code) => ({ type: eventTypes.key, code })),
      ...this.switches.map((code) => ({ type: eventTypes.switch, code })),
    ];
  }

  emit(...events: readonly Event[]): void {
    this.#clockUs += 125;
    const changes = events.filter((event) => this.#isChange(event));
    if (changes.every(({ type }) => type === eventTypes.syn)) return;
    const grabbing = [...this.open].find((one) => one.isGrabbing);
    for (const reader of grabbing ? [grabbing] : [...this.open])
      for (const event of changes) reader.receive({ ...event, timestamp: this.#clockUs });
  }

  unplug(): void {
    this.devices.remove(this);
    for (const reader of [...this.open]) reader.unplugged();
  }

  #isChange({ type, code, value }: Event): boolean {
    const { keys, relative, absolute, misc, switches } = this.description.capabilities;
    switch (type) {
      case eventTypes.syn:
        return true;
      case eventTypes.key: {
        if (!keys.includes(code) || value < 0 || value > repeated) return false;
        if (value === repeated) return true;
        return setTo(this.#pressed, code, value !== 0);
      }
      case eventTypes.relative:
        return relative.includes(code) && value !== 0;
      case eventTypes.absolute: {
        if (!absolute.some((axis) => axis.code === code)) return false;
        const isChange = (this.#positions.get(code) ?? 0) !== value;
        this.#positions.set(code, value);
        return isChange;
      }
      case eventTypes.switch:
        return switches.includes(code) && setTo(this.#switches, code, value !== 0);
      default:
        return misc.includes(code);
    }
  }
}

/** Returns whether that changes it. */
function setTo(active: Set<number>, code: number, isOn: boolean): boolean {
  if (active.has(code) === isOn) return false;
  if (isOn) active.add(code);
  else active.delete(code);
  return true;
}

/** A reader of a device. */
class OpenDevice implements InputDevice {
  isGrabbing = false;
  #reader: PacketReader | undefined;
  #onUnplugged: () => void = () => undefined;
  #held: InputEvent[] | undefined;

  constructor(private readonly plugged: Plugged) {}

  get path(): string {
    return this.plugged.path;
  }

  get description(): DeviceDescription {
    return this.plugged.description;
  }

  get isOwn(): boolean {
    return this.plugged.isOwn;
  }

  grab(): void {
    if (this.plugged.isGrabbed)
      throw new GivcError('FAILED_PRECONDITION', `cannot grab ${this.path}: EBUSY: resource busy or locked, ioctl`);
    this.isGrabbing = true;
  }

  activeSwitches(): readonly number[] {
    return this.plugged.switches;
  }

  read(onPacket: (packet: readonly InputEvent[]) => void, onUnplugged: () => void): void {
    this.#reader = new PacketReader(onPacket, () => this.plugged.active);
    this.#onUnplugged = onUnplugged;
    this.plugged.open.add(this);
  }

  pause(): void {
    this.#held ??= [];
  }

  resume(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const event of held) this.receive(event);
  }

  close(): void {
    this.isGrabbing = false;
    this.plugged.open.delete(this);
  }

  receive(event: InputEvent): void {
    if (this.#held) this.#held.push(event);
    else if (this.plugged.open.has(this)) this.#reader?.add(event);
  }

  unplugged(): void {
    this.close();
    this.#onUnplugged();
  }
}

/** A machine for tests, with the devices that a test plugs in. */
export class FakeInputDevices extends InputDevices {
  /** The reason why no virtual device can be created; undefined while one can be. */
  problem: string | undefined;
  readonly #plugged = new Map<string, Plugged>();
  readonly #watches = new Listeners<[path: string]>();
  #count = 0;

  /** All plugged-in devices, including those that `create` has made, in order. */
  get plugged(): readonly FakeDevice[] {
    return [...this.#plugged.values()];
  }

  /** Plugs in a device and notifies the watchers. The result sends its events, and unplugs it. */
  plug(description: DeviceDescription): FakeDevice {
    return this.#add(description, false);
  }

  override load(): Promise<void> {
    return Promise.resolve();
  }

  override watch(onDevice: (path: string) => void, signal: AbortSignal): void {
    if (signal.aborted) return;
    const remove = this.#watches.add(onDevice);
    signal.addEventListener('abort', () => void remove(), { once: true });
    for (const path of [...this.#plugged.keys()]) onDevice(path);
  }

  override open(path: string): InputDevice {
    const plugged = this.#plugged.get(path);
    if (!plugged) throw new GivcError('NOT_FOUND', `${path} is gone`);
    return new OpenDevice(plugged);
  }

  override assertCreatable(): void {
    if (this.problem !== undefined) throw new GivcError('FAILED_PRECONDITION', this.problem);
  }

  override create(description: DeviceDescription): VirtualDevice {
    this.assertCreatable();
    const plugged = this.#add(description, true);
    return {
      write: (events) => {
        if (this.#plugged.get(plugged.path) !== plugged) return;
        plugged.written.push(events);
        plugged.emit(...events);
      },
      destroy: () => {
        if (this.#plugged.get(plugged.path) === plugged) plugged.unplug();
      },
    };
  }

  /** Called when the device is unplugged. */
  remove({ path }: FakeDevice): void {
    this.#plugged.delete(path);
  }

  #add(description: DeviceDescription, isOwn: boolean): Plugged {
    const plugged = new Plugged(`/dev/input/event${this.#count++}`, description, isOwn, this);
    this.#plugged.set(plugged.path, plugged);
    this.#watches.notify(plugged.path);
    return plugged;
  }
}

/** The end of a packet, as a test emits it. */
export const report: Event = { type: eventTypes.syn, code: synReport, value: 0 };
