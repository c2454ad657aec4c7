// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DeviceDescription } from './description.js';
import type { InputEvent } from './input-event.js';

/** What a virtual device says where it is plugged in (`phys`), by which this agent recognizes its own devices. */
export const ownPlace = 'givc/event-proxy';

/** A device of this machine that is open for reading. */
export interface InputDevice {
  readonly path: string;
  readonly description: DeviceDescription;
  /** Whether this is a virtual device that `create` has made, here or in another process. */
  readonly isOwn: boolean;
  /**
   * Takes the events away from every other reader until it is closed. Throws FAILED_PRECONDITION when another has done
   * so.
   */
  grab(): void;
  /**
   * Passes on each packet from now on, with the SYN_REPORT at its end, and the end when the device is unplugged: once,
   * and not after `close`.
   */
  read(onPacket: (packet: readonly InputEvent[]) => void, onUnplugged: () => void): void;
  /** Reads no more for now. What the kernel has no room for meanwhile is lost, but not which keys are pressed. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** A device that exists as long as it is not destroyed, and this process runs. */
export interface VirtualDevice {
  /**
   * Sends the events, without a check. Their times count where the kernel takes them (CLOCK_MONOTONIC), else they are
   * now.
   */
  write(events: readonly InputEvent[]): void;
  /** Unplugs it. Nothing happens the second time. */
  destroy(): void;
}

/** The input devices of this machine. */
export abstract class InputDevices {
  /** Has to be called before the others. Rejects with FAILED_PRECONDITION where a package is missing. */
  abstract load(): Promise<void>;

  /**
   * Calls `onDevice` with the path of each device that there is and of each that is plugged in later, again when it or
   * its permissions change, until the signal aborts.
   */
  abstract watch(onDevice: (path: string) => void, signal: AbortSignal): void;

  /** Throws NOT_FOUND when it is gone, and FAILED_PRECONDITION when this process may not read it. */
  abstract open(path: string): InputDevice;

  /** Throws FAILED_PRECONDITION, and how to change that, where no virtual device can be made. */
  abstract assertCreatable(): void;

  /** A virtual device, which programs of this machine can use. Throws as `assertCreatable` does. */
  abstract create(description: DeviceDescription): VirtualDevice;
}
