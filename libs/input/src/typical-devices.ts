// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { absoluteCodes, lastCodes, relativeCodes, scanCode } from './event-codes.js';
import { noCapabilities, type AbsoluteAxis, type Capabilities } from './description.js';
import type { EventClass } from './event-class.js';

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

const axis = (code: number, minimum: number, maximum: number): AbsoluteAxis => ({
  code,
  minimum,
  maximum,
  fuzz: 0,
  flat: 0,
  resolution: 0,
});

const { x, y, z, rx, ry, rz, hat0x, hat0y } = absoluteCodes;

/**
 * The capabilities of a device of which only the class is known. The axes of a controller have the ranges of common
 * ones.
 */
export const typicalCapabilities: Readonly<Record<EventClass, Capabilities>> = {
  keyboard: { ...noCapabilities, keys: [...range(1, 0xff), ...range(0x160, 0x21f)], misc: [scanCode] },
  pointer: {
    ...noCapabilities,
    keys: range(0x110, 0x117),
    relative: Object.values(relativeCodes),
    misc: [scanCode],
  },
  controller: {
    ...noCapabilities,
    keys: [...range(0x130, 0x13e), ...range(0x220, 0x223)],
    absolute: [
      ...[x, y, rx, ry].map((code) => axis(code, -32_768, 32_767)),
      ...[z, rz].map((code) => axis(code, 0, 1_023)),
      ...[hat0x, hat0y].map((code) => axis(code, -1, 1)),
    ],
    misc: [scanCode],
  },
  switch: { ...noCapabilities, switches: range(0, lastCodes.switch) },
};
