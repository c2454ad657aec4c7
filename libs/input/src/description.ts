// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** An axis with a position (struct input_absinfo of linux/input.h). */
export interface AbsoluteAxis {
  readonly code: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly fuzz: number;
  readonly flat: number;
  readonly resolution: number;
}

/** The events that a device can send, by their codes, and its properties (`INPUT_PROP_…`). */
export interface Capabilities {
  readonly properties: readonly number[];
  readonly keys: readonly number[];
  readonly relative: readonly number[];
  readonly absolute: readonly AbsoluteAxis[];
  readonly misc: readonly number[];
  readonly switches: readonly number[];
}

/** The self-description of a device; numbers have 16 bits. */
export interface DeviceDescription {
  readonly name: string;
  readonly bus: number;
  readonly vendor: number;
  readonly product: number;
  readonly version: number;
  readonly capabilities: Capabilities;
}

export const noCapabilities: Capabilities = {
  properties: [],
  keys: [],
  relative: [],
  absolute: [],
  misc: [],
  switches: [],
};
