// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { closeSync } from 'node:fs';
import { DescriptorAdopter, loadLibc } from '@givc/native';
import type { DeviceDescription } from './description.js';
import { watchDevices } from './device-folder.js';
import { EvdevDevice } from './evdev-device.js';
import { InputDevices, ownPlace } from './input-devices.js';
import { ioctlOf, type Ioctl } from './ioctls.js';
import { openUinput, UinputDevice } from './uinput-device.js';

/** The input devices of the kernel: evdev for what is plugged in, uinput for virtual ones. */
export class KernelInputDevices extends InputDevices {
  #calls: { readonly ioctl: Ioctl; readonly adopter: DescriptorAdopter } | undefined;

  override async load(): Promise<void> {
    const libc = await loadLibc();
    this.#calls ??= { ioctl: ioctlOf(libc), adopter: new DescriptorAdopter(libc) };
  }

  override watch(onDevice: (path: string) => void, signal: AbortSignal): void {
    watchDevices(onDevice, signal);
  }

  override open(path: string): EvdevDevice {
    return EvdevDevice.open(path, this.#calls!.ioctl, this.#calls!.adopter);
  }

  override assertCreatable(): void {
    closeSync(openUinput());
  }

  override create(description: DeviceDescription): UinputDevice {
    return this.createAt(ownPlace, description);
  }

  /** Like `create`, but with another `phys`, so that the device may be passed on. */
  createAt(phys: string, description: DeviceDescription): UinputDevice {
    return UinputDevice.create(description, phys, this.#calls!.ioctl);
  }
}
