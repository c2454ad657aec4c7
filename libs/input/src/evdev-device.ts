// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync, constants, openSync } from 'node:fs';
import type { Socket } from 'node:net';
import { GivcError, messageOf } from '@givc/model';
import type { DescriptorAdopter } from '@givc/native';
import { eventTypes, lastCodes } from './event-codes.js';
import type { AbsoluteAxis, Capabilities, DeviceDescription } from './description.js';
import { ownPlace, type InputDevice } from './input-devices.js';
import type { InputEvent } from './input-event.js';
import { bitsOf, evdev, textOf, type Ioctl } from './ioctls.js';
import { PacketReader, type Stateful } from './packet-reader.js';

const bytesFor = (last: number): number => (last >> 3) + 1;

/** Reads the description of a device. */
class Questions {
  constructor(
    private readonly fd: number,
    private readonly ioctl: Ioctl,
  ) {}

  description(): DeviceDescription {
    const id = this.#ask(evdev.id, 8);
    return {
      name: this.text(evdev.name),
      bus: id.readUInt16LE(0),
      vendor: id.readUInt16LE(2),
      product: id.readUInt16LE(4),
      version: id.readUInt16LE(6),
      capabilities: this.#capabilities(),
    };
  }

  activeSwitches(): number[] {
    const bytes = bytesFor(lastCodes.switch);
    return bitsOf(this.#ask(evdev.activeSwitches(bytes), bytes));
  }

  pressedKeys(): number[] {
    const bytes = bytesFor(lastCodes.key);
    return bitsOf(this.#ask(evdev.pressedKeys(bytes), bytes));
  }

  /** Empty when the device has no such text. */
  text(request: (bytes: number) => number): string {
    try {
      return textOf(this.#ask(request(256), 256));
    } catch {
      return '';
    }
  }

  #capabilities(): Capabilities {
    const properties = bytesFor(lastCodes.property);
    return {
      properties: bitsOf(this.#ask(evdev.properties(properties), properties)),
      keys: this.#codes(eventTypes.key, lastCodes.key),
      relative: this.#codes(eventTypes.relative, lastCodes.relative),
      absolute: this.#codes(eventTypes.absolute, lastCodes.absolute).map((code) => this.#axis(code)),
      misc: this.#codes(eventTypes.misc, lastCodes.misc),
      switches: this.#codes(eventTypes.switch, lastCodes.switch),
    };
  }

  /** The keys that are pressed and the switches that are on. */
  active(): Stateful[] {
    const [key, on] = [eventTypes.key, eventTypes.switch];
    return [
      ...this.pressedKeys().map((code) => ({ type: key, code })),
      ...this.activeSwitches().map((code) => ({ type: on, code })),
    ];
  }

  #codes(type: number, last: number): number[] {
    return bitsOf(this.#ask(evdev.codes(type, bytesFor(last)), bytesFor(last)));
  }

  #axis(code: number): AbsoluteAxis {
    const values = this.#ask(evdev.axis(code), 24);
    const [minimum, maximum, fuzz, flat, resolution] = [4, 8, 12, 16, 20].map((at) => values.readInt32LE(at));
    return { code, minimum: minimum!, maximum: maximum!, fuzz: fuzz!, flat: flat!, resolution: resolution! };
  }

  #ask(request: number, bytes: number): Buffer {
    const answer = Buffer.alloc(bytes);
    this.ioctl.buffer(this.fd, request, answer);
    return answer;
  }
}

/** A device of /dev/input that is open. */
export class EvdevDevice implements InputDevice {
  readonly description: DeviceDescription;
  readonly isOwn: boolean;
  readonly #questions: Questions;
  #stream: Socket | undefined;
  #isClosed = false;

  private constructor(
    readonly path: string,
    private readonly fd: number,
    private readonly ioctl: Ioctl,
    private readonly adopter: DescriptorAdopter,
  ) {
    this.#questions = new Questions(fd, ioctl);
    this.description = this.#questions.description();
    this.isOwn = this.#questions.text(evdev.place) === ownPlace;
  }

  static open(path: string, ioctl: Ioctl, adopter: DescriptorAdopter): EvdevDevice {
    let fd: number | undefined;
    try {
      fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      return new EvdevDevice(path, fd, ioctl, adopter);
    } catch (error) {
      if (fd !== undefined) closeSync(fd);
      throw openError(path, error);
    }
  }

  grab(): void {
    try {
      this.ioctl.number(this.fd, evdev.grab, 1);
    } catch (error) {
      throw new GivcError('FAILED_PRECONDITION', `cannot grab ${this.path}: ${messageOf(error)}`, { cause: error });
    }
  }

  activeSwitches(): readonly number[] {
    return unlessGone(() => this.#questions.activeSwitches()) ?? [];
  }

  read(onPacket: (packet: readonly InputEvent[]) => void, onUnplugged: () => void): void {
    const reader = new PacketReader(onPacket, () => unlessGone(() => this.#questions.active()) ?? []);
    // Reading by `node:fs` would hold one of four threads for each device.
    const stream = this.adopter.socket(this.fd, { writable: false });
    this.#stream = stream;
    stream.on('data', (bytes: Buffer) => {
      // The state of its keys cannot be read any more after it was unplugged.
      if (!this.#isClosed) unlessGone(() => reader.read(bytes));
    });
    // ENODEV means that it was unplugged.
    stream.on('error', () => undefined);
    stream.once('close', () => {
      if (this.#isClosed) return;
      this.close();
      onUnplugged();
    });
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stream?.destroy();
    closeSync(this.fd);
  }
}

/** Undefined when the device is unplugged. */
function unlessGone<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENODEV') throw error;
    return undefined;
  }
}

function openError(path: string, error: unknown): GivcError {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
      return new GivcError('NOT_FOUND', `${path} is gone`, { cause: error });
    case 'EACCES':
    case 'EPERM':
      return new GivcError(
        'FAILED_PRECONDITION',
        `may not read ${path}: the user of this agent needs the group of the file (usually input)`,
        { cause: error },
      );
    default:
      return new GivcError('FAILED_PRECONDITION', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}
