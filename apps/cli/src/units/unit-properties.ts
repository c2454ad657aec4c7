// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from '@givc/model';
import type { systemd } from '@givc/rpc';

/** A property of a unit, under the name that systemd and the contract give it. */
export type StatusProperty = keyof systemd.UnitStatus;

const properties: readonly StatusProperty[] = [
  'Name',
  'Description',
  'LoadState',
  'ActiveState',
  'SubState',
  'Path',
  'FreezerState',
];

/** Throws INVALID_ARGUMENT with the known names. */
export function parseStatusProperty(name: string): StatusProperty {
  const property = properties.find((one) => one === name);
  if (property === undefined)
    throw invalid('--property', `${quoted(name)} is unknown (known: ${properties.join(', ')})`);
  return property;
}
