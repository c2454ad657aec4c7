// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DeviceDescription } from './description.js';
import type { InputEvent } from './input-event.js';

/** The `phys` of virtual devices, by which an agent recognizes its own devices. */
export const ownPlace = 'givc/event-proxy';

/** A device of this machine that is open for reading. */
export interface InputDevice {
  readonly path: string;
  readonly description: DeviceDescription;
  /** Whether this is a virtual device that `create` has made, here or in another process. */
  readonly isOwn: boolean;
  /**
   * Sends the events to no other reader until it is closed. Throws FAILED_PRECONDITION when another reader has grabbed
   * it.
   */
  grab(): void;
  /** The codes of its switches that are on, now. */
  activeSwitches(): readonly number[];
  /**
   * Passes on each packet from now on, with the SYN_REPORT at its end. When the device is unplugged, it calls the end
   * listener once, but not after `close`.
   */
  read(onPacket: (packet: readonly InputEvent[]) => void, onUnplugged: () => void): void;
  /** Stops reading for now. Events that the kernel cannot buffer are lost, but the state of the keys is not. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** A device that exists until it is destroyed or this process ends. */
export interface VirtualDevice {
  /**
   * Sends the events unchecked. Their times (CLOCK_MONOTONIC) are used if the kernel supports that, otherwise the
   * present time.
   */
  write(events: readonly InputEvent[]): void;
  /** Unplugs it. Further calls have no effect. */
  destroy(): void;
}

/** The input devices of this machine. */
export abstract class InputDevices {
  /** Must be called before the other methods. Rejects with FAILED_PRECONDITION when a package is missing. */
  abstract load(): Promise<void>;

  /**
   * Calls `onDevice` with the path of each device that there is and of each that is plugged in later, again when it or
   * its permissions change, until the signal aborts.
   */
  abstract watch(onDevice: (path: string) => void, signal: AbortSignal): void;

  /**
   * Throws NOT_FOUND when the device does not exist any more, and FAILED_PRECONDITION when this process may not read
   * it.
   */
  abstract open(path: string): InputDevice;

  /** Throws FAILED_PRECONDITION when no virtual device can be created; the message has the fix. */
  abstract assertCreatable(): void;

  /** Creates a virtual device, which programs of this machine can use. Throws like `assertCreatable`. */
  abstract create(description: DeviceDescription): VirtualDevice;
}
