// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  allowedPart,
  classesOf,
  classOfEvent,
  eventTypes,
  pressed,
  released,
  repeated,
  synMtReport,
  synReport,
  typicalCapabilities,
  type Capabilities,
  type DeviceDescription,
  type EventClass,
  type InputDevices,
  type InputEvent,
  type VirtualDevice,
} from '@givc/input';
import { GivcError } from '@givc/model';
import type { RegisteredDevice } from './device-info.js';
import { LocalTime } from './local-time.js';

/** The maximum number of events of a packet; a longer one is passed to the kernel before its end. */
const longestPacket = 256;

/** The classes by the names of devices; the first match counts. */
const classesByName: readonly (readonly [RegExp, EventClass])[] = [
  [/controller|gamepad|joystick/i, 'controller'],
  [/mouse|touchpad|trackball|trackpoint/i, 'pointer'],
  [/keyboard/i, 'keyboard'],
  [/\bswitch\b/i, 'switch'],
];

const classByName = (name: string): EventClass | undefined =>
  classesByName.find(([pattern]) => pattern.test(name))?.[1];

/** The capabilities from a device's registration or name; undefined when its first events have to show them. */
function capabilitiesOf({ name, capabilities }: RegisteredDevice, allowed: readonly EventClass[]) {
  const byName = classByName(name);
  const claimed = capabilities ?? (byName && typicalCapabilities[byName]);
  if (!claimed) return undefined;
  const part = allowedPart(claimed, allowed);
  if (classesOf(part).length > 0) return part;
  const classes = classesOf(claimed).join(', ');
  throw new GivcError(
    'PERMISSION_DENIED',
    `the device is of no class that this entry allows (${allowed.join(', ')})${classes && `: it is ${classes}`}`,
  );
}

/** The virtual device, and what it can send. */
class Made {
  readonly keys: ReadonlySet<number>;
  readonly relative: ReadonlySet<number>;
  readonly absolute: ReadonlySet<number>;
  readonly misc: ReadonlySet<number>;
  readonly switches: ReadonlySet<number>;

  constructor(
    readonly device: VirtualDevice,
    readonly capabilities: Capabilities,
  ) {
    const { keys, relative, absolute, misc, switches } = capabilities;
    this.keys = new Set(keys);
    this.relative = new Set(relative);
    this.absolute = new Set(absolute.map(({ code }) => code));
    this.misc = new Set(misc);
    this.switches = new Set(switches);
  }

  /** Whether the device can send such an event. */
  has({ type, code, value }: InputEvent): boolean {
    switch (type) {
      case eventTypes.syn:
        return code === synReport || (code === synMtReport && this.absolute.size > 0);
      case eventTypes.key:
        return this.keys.has(code) && value >= released && value <= repeated;
      case eventTypes.relative:
        return this.relative.has(code);
      case eventTypes.absolute:
        return this.absolute.has(code);
      case eventTypes.misc:
        return this.misc.has(code);
      case eventTypes.switch:
        return this.switches.has(code) && (value === 0 || value === 1);
      default:
        return false;
    }
  }
}

/**
 * The virtual device for a device of another machine. Packets are written as a whole, with only the events that the
 * device can send; other events are rejected and counted. `release` releases all keys.
 */
export class ReplayedDevice {
  rejected = 0;
  readonly #pressed = new Set<number>();
  readonly #time: LocalTime;
  #made: Made | undefined;
  #packet: InputEvent[] = [];

  /** Throws PERMISSION_DENIED when no part of the device is allowed, and like `InputDevices.create`. */
  constructor(
    readonly registered: RegisteredDevice,
    private readonly allowed: readonly EventClass[],
    private readonly devices: InputDevices,
    now?: () => number,
  ) {
    this.#time = new LocalTime(now);
    const capabilities = capabilitiesOf(registered, allowed);
    if (capabilities) this.#make(capabilities);
    else devices.assertCreatable();
  }

  /** The classes of the events that it can send; none before its first event. */
  get classes(): readonly EventClass[] {
    return this.#made ? classesOf(this.#made.capabilities) : [];
  }

  /** Writes an event of the other machine; returns false for an event that the device cannot send. */
  receive(event: InputEvent): boolean {
    if (!this.#made) this.#makeFor(event);
    if (!this.#made?.has(event)) {
      this.rejected++;
      return false;
    }
    if (event.type === eventTypes.key && !this.#keep(event)) return true;
    this.#packet.push(event);
    if (event.type === eventTypes.syn && event.code === synReport) this.#write();
    else if (this.#packet.length >= longestPacket) this.#write();
    return true;
  }

  /** Ends the stream. An unfinished packet is written when the stream has ended, and dropped when it was cut. */
  release(isCut: boolean): void {
    if (isCut) this.#packet = [];
    const timestamp = 0;
    const ups = [...this.#pressed].map((code) => ({ timestamp, type: eventTypes.key, code, value: released }));
    this.#pressed.clear();
    const end = { timestamp, type: eventTypes.syn, code: synReport, value: 0 };
    if (this.#packet.length > 0) {
      this.#packet.push(end);
      this.#write();
    }
    if (ups.length > 0) this.#made?.device.write([...ups, end]);
  }

  destroy(): void {
    try {
      this.release(true);
    } finally {
      this.#made?.device.destroy();
      this.#made = undefined;
    }
  }

  #make(capabilities: Capabilities): void {
    const { name, bus, vendor, product, version } = this.registered;
    const description: DeviceDescription = { name, bus, vendor, product, version, capabilities };
    this.#made = new Made(this.devices.create(description), capabilities);
  }

  #makeFor(event: InputEvent): void {
    const found = classOfEvent(event);
    if (found && this.allowed.includes(found)) this.#make(allowedPart(typicalCapabilities[found], this.allowed));
  }

  /** Whether a key event is consistent: a key that is not pressed can be neither repeated nor released. */
  #keep({ code, value }: InputEvent): boolean {
    if (value === pressed) this.#pressed.add(code);
    else if (!this.#pressed.has(code)) return false;
    else if (value === released) this.#pressed.delete(code);
    return true;
  }

  #write(): void {
    const timestamp = this.#time.of(this.#packet.at(-1)!.timestamp);
    this.#made!.device.write(this.#packet.map((event) => ({ ...event, timestamp })));
    this.#packet = [];
  }
}
