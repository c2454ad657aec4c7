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

/** What the names of devices say; the first that fits counts. */
const classesByName: readonly (readonly [RegExp, EventClass])[] = [
  [/controller|gamepad|joystick/i, 'controller'],
  [/mouse|touchpad|trackball|trackpoint/i, 'pointer'],
  [/keyboard/i, 'keyboard'],
];

const classByName = (name: string): EventClass | undefined =>
  classesByName.find(([pattern]) => pattern.test(name))?.[1];

/** What a device may send that says what it can, or whose name does; undefined where its first events have to. */
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

  constructor(
    readonly device: VirtualDevice,
    readonly capabilities: Capabilities,
  ) {
    const { keys, relative, absolute, misc } = capabilities;
    this.keys = new Set(keys);
    this.relative = new Set(relative);
    this.absolute = new Set(absolute.map(({ code }) => code));
    this.misc = new Set(misc);
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
      default:
        return false;
    }
  }
}

/**
 * The virtual device of a device of another machine. Packets are written as a whole, and only events that the device
 * can send; others are rejected and counted. `release` leaves no key pressed.
 */
export class ReplayedDevice {
  rejected = 0;
  readonly #pressed = new Set<number>();
  readonly #time: LocalTime;
  #made: Made | undefined;
  #packet: InputEvent[] = [];

  /** Throws PERMISSION_DENIED when nothing of the device is allowed, and as `InputDevices.create` does. */
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

  /** The classes of what it can send; none yet while its first event has not come. */
  get classes(): readonly EventClass[] {
    return this.#made ? classesOf(this.#made.capabilities) : [];
  }

  /** Takes an event of the other machine, and returns false for one that it cannot send. */
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

  /**
   * The stream has ended: what came of a packet that has no end is written after an end, and is dropped when it was
   * cut.
   */
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

  /** Whether the event says something about a key: one that is not pressed is neither repeated nor released. */
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
