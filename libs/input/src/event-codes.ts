// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** Types of events (linux/input-event-codes.h). */
export const eventTypes = { syn: 0x00, key: 0x01, relative: 0x02, absolute: 0x03, misc: 0x04, switch: 0x05 } as const;

/**
 * Codes of `syn`: the end of a packet, the end of a contact (multi-touch type A), and the loss of events in the kernel.
 */
export const [synReport, synMtReport, synDropped] = [0, 2, 3] as const;

/** The highest code of each type, and the highest property of a device. */
export const lastCodes = {
  key: 0x2ff,
  relative: 0x0f,
  absolute: 0x3f,
  misc: 0x07,
  switch: 0x10,
  property: 0x1f,
} as const;

export const relativeCodes = {
  x: 0x00,
  y: 0x01,
  horizontalWheel: 0x06,
  wheel: 0x08,
  wheelFine: 0x0b,
  horizontalWheelFine: 0x0c,
};

export const absoluteCodes = { x: 0x00, y: 0x01, z: 0x02, rx: 0x03, ry: 0x04, rz: 0x05, hat0x: 0x10, hat0y: 0x11 };

/** The first codes of multi-touch: the slot, and the contact in it. */
export const firstTouchCode = 0x2f;

export const scanCode = 0x04;

/** The property of an accelerometer, which measures its own movement. */
export const accelerometer = 0x06;

/** Values of a key. */
export const [released, pressed, repeated] = [0, 1, 2] as const;

/** Bus numbers: a virtual device, and USB. */
export const [virtualBus, usbBus] = [0x06, 0x03] as const;
