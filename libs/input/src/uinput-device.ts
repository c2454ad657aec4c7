// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { GivcError, messageOf } from '@givc/model';
import { eventTypes } from './event-codes.js';
import type { AbsoluteAxis, DeviceDescription } from './description.js';
import { encodeEvents, type InputEvent } from './input-event.js';
import type { VirtualDevice } from './input-devices.js';
import { textOf, uinput, type Ioctl } from './ioctls.js';

const file = '/dev/uinput';

/** Opens uinput. Throws FAILED_PRECONDITION that names what is missing. */
export function openUinput(): number {
  try {
    return openSync(file, constants.O_WRONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new GivcError('FAILED_PRECONDITION', problemOf((error as NodeJS.ErrnoException).code, error), {
      cause: error,
    });
  }
}

function problemOf(code: string | undefined, error: unknown): string {
  switch (code) {
    case 'ENOENT':
    case 'ENODEV':
    case 'ENXIO':
      return `there is no ${file}: load the kernel's module "uinput" (modprobe uinput)`;
    case 'EACCES':
    case 'EPERM':
      return `may not write ${file}: the user of this agent needs the permission to`;
    default:
      return `cannot open ${file}: ${messageOf(error)}`;
  }
}

/** struct uinput_setup. */
function setupOf({ name, bus, vendor, product, version }: DeviceDescription): Buffer {
  const setup = Buffer.alloc(92);
  [bus, vendor, product, version].forEach((value, index) => setup.writeUInt16LE(value, index * 2));
  setup.write(name, 8, 79, 'utf8');
  return setup;
}

/** struct uinput_abs_setup. */
function axisOf({ code, minimum, maximum, fuzz, flat, resolution }: AbsoluteAxis): Buffer {
  const setup = Buffer.alloc(28);
  setup.writeUInt16LE(code, 0);
  [minimum, maximum, fuzz, flat, resolution].forEach((value, index) => setup.writeInt32LE(value, 8 + index * 4));
  return setup;
}

/** A virtual device of uinput. */
export class UinputDevice implements VirtualDevice {
  #fd: number | undefined;

  private constructor(
    fd: number,
    private readonly ioctl: Ioctl,
  ) {
    this.#fd = fd;
  }

  /** `phys` is the physical location of the device (EVIOCGPHYS). */
  static create(description: DeviceDescription, phys: string, ioctl: Ioctl): UinputDevice {
    const fd = openUinput();
    try {
      declare(fd, description, phys, ioctl);
      return new UinputDevice(fd, ioctl);
    } catch (error) {
      closeSync(fd);
      throw new GivcError('FAILED_PRECONDITION', `${file} makes no such device: ${messageOf(error)}`, { cause: error });
    }
  }

  /** `input7`, below /sys/class/input. */
  get systemName(): string {
    const name = Buffer.alloc(64);
    this.ioctl.buffer(this.#fd!, uinput.systemName(name.length), name);
    return textOf(name);
  }

  write(events: readonly InputEvent[]): void {
    if (this.#fd === undefined) return;
    const bytes = encodeEvents(events);
    for (let at = 0; at < bytes.length;) at += writeSync(this.#fd, bytes, at);
  }

  destroy(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function declare(fd: number, description: DeviceDescription, phys: string, ioctl: Ioctl): void {
  const { properties, keys, relative, absolute, misc, switches } = description.capabilities;
  const add = (type: number, request: number, codes: readonly number[]): void => {
    if (codes.length > 0) ioctl.number(fd, uinput.addType, type);
    for (const code of codes) ioctl.number(fd, request, code);
  };
  for (const property of properties) ioctl.number(fd, uinput.addProperty, property);
  add(eventTypes.key, uinput.addKey, keys);
  add(eventTypes.relative, uinput.addRelative, relative);
  add(eventTypes.misc, uinput.addMisc, misc);
  add(eventTypes.switch, uinput.addSwitch, switches);
  if (absolute.length > 0) ioctl.number(fd, uinput.addType, eventTypes.absolute);
  for (const axis of absolute) ioctl.buffer(fd, uinput.setupAxis, axisOf(axis));
  ioctl.buffer(fd, uinput.setPlace, Buffer.from(`${phys}\0`));
  ioctl.buffer(fd, uinput.setup, setupOf(description));
  ioctl.number(fd, uinput.create, 0);
}
