// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { InputDevice, InputDevices } from '@givc/input';
import { GivcError } from '@givc/model';

/** The first matching device, as soon as it exists; the others are closed. */
export async function findDevice(
  devices: InputDevices,
  isWanted: (device: InputDevice) => boolean,
): Promise<InputDevice> {
  const stopping = new AbortController();
  try {
    return await new Promise<InputDevice>((resolve) =>
      devices.watch((path) => {
        const device = openOrNone(devices, path);
        if (device && !stopping.signal.aborted && isWanted(device)) {
          stopping.abort();
          resolve(device);
        } else device?.close();
      }, stopping.signal),
    );
  } finally {
    stopping.abort();
  }
}

/** Undefined for a device that has been removed, or whose permissions are set later. */
function openOrNone(devices: InputDevices, path: string): InputDevice | undefined {
  try {
    return devices.open(path);
  } catch (error) {
    if (error instanceof GivcError && ['NOT_FOUND', 'FAILED_PRECONDITION'].includes(error.reason)) return undefined;
    throw error;
  }
}
