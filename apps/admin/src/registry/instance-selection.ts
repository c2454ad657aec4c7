// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { instanceOfUnit, quoted, type InstanceSelector, type UnitName } from '@givc/model';

/** Whether a selector names this instance or its application. */
export function selects(selector: InstanceSelector, unit: UnitName): boolean {
  return selector.kind === 'one' ? unit === selector.unit : instanceOfUnit(unit)?.application === selector.application;
}

/** Undefined when the selector names a unit that is not an instance. */
export const applicationOf = (selector: InstanceSelector): string | undefined =>
  selector.kind === 'one' ? instanceOfUnit(selector.unit)?.application : selector.application;

/** The selector as a caller wrote it, quoted. */
export const nameOf = (selector: InstanceSelector): string =>
  quoted(selector.kind === 'one' ? selector.unit : selector.application);
