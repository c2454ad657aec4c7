// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, parseText } from '@givc/model';
import { lastCodes } from './event-codes.js';
import type { AbsoluteAxis, Capabilities, DeviceDescription } from './description.js';

/** The size of a name in uinput, including the NUL at its end. */
const nameBytes = 80;

const isInt32 = (value: number): boolean => Number.isInteger(value) && Math.abs(value) <= 0x7fffffff;

/** The name of a device, cut between characters to the size of uinput. */
export function parseDeviceName(field: string, value: string): string {
  const name = parseText(value, nameBytes);
  if (name.trim() === '') throw invalid(field, 'a device has a name');
  let end = name.length;
  while (Buffer.byteLength(name.slice(0, end)) >= nameBytes) end--;
  return name.slice(0, end);
}

/** Codes in their order, each once. */
function parseCodes(field: string, codes: readonly number[], last: number): number[] {
  for (const code of codes)
    if (!Number.isInteger(code) || code < 0 || code > last)
      throw invalid(field, `invalid code ${code}: expected 0-${last}`);
  return [...new Set(codes)].sort((a, b) => a - b);
}

function parseAxes(field: string, axes: readonly AbsoluteAxis[]): AbsoluteAxis[] {
  const codes = parseCodes(
    field,
    axes.map(({ code }) => code),
    lastCodes.absolute,
  );
  return codes.map((code) => {
    const { minimum, maximum, fuzz, flat, resolution } = axes.find((axis) => axis.code === code)!;
    if (![minimum, maximum, fuzz, flat, resolution].every(isInt32) || maximum - minimum > 0x7fffffff)
      throw invalid(field, `axis ${code} has values that no axis has`);
    if (minimum >= maximum && (minimum !== 0 || maximum !== 0))
      throw invalid(field, `axis ${code} begins at ${minimum} and ends at ${maximum}`);
    return { code, minimum, maximum, fuzz, flat, resolution };
  });
}

/** Throws INVALID_ARGUMENT unless uinput can create such a device. */
export function parseCapabilities(field: string, value: Capabilities): Capabilities {
  return {
    properties: parseCodes(`${field}.properties`, value.properties, lastCodes.property),
    keys: parseCodes(`${field}.keys`, value.keys, lastCodes.key),
    relative: parseCodes(`${field}.relative`, value.relative, lastCodes.relative),
    absolute: parseAxes(`${field}.absolute`, value.absolute),
    misc: parseCodes(`${field}.misc`, value.misc, lastCodes.misc),
    switches: parseCodes(`${field}.switches`, value.switches, lastCodes.switch),
  };
}

/** Throws INVALID_ARGUMENT unless each number of a device has at most 16 bits; the keys are the fields. */
export function assertNumbers(values: Readonly<Record<string, number>>): void {
  for (const [field, value] of Object.entries(values))
    if (!Number.isInteger(value) || value < 0 || value > 0xffff)
      throw invalid(field, `invalid number ${value}: expected 0-65535`);
}

/** Whether both descriptions are equal. */
export const sameDescription = (one: DeviceDescription, other: DeviceDescription): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
