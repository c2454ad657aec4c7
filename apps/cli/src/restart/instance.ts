// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, instanceOfUnit, quoted, type InstanceSelector, type UnitName } from '@givc/model';
import type { admin } from '@givc/rpc';

/** One running instance of an application. */
export interface Instance {
  readonly unit: string;
  readonly application: string;
  readonly vm: string | undefined;
}

/**
 * The running instance of this name. NOT_FOUND when there is none, INVALID_ARGUMENT with their names when there are
 * several.
 */
export function findInstance(
  selector: InstanceSelector,
  vm: string | undefined,
  list: readonly admin.QueryListItem[],
): Instance {
  const found = list.flatMap(({ Name, VmName, ServiceType }): Instance[] => {
    const application = instanceOfUnit(Name as UnitName)?.application;
    if (ServiceType !== 'App' || application === undefined || (vm !== undefined && VmName !== vm)) return [];
    const isMeant = selector.kind === 'one' ? Name === selector.unit : application === selector.application;
    return isMeant ? [{ unit: Name, application, vm: VmName }] : [];
  });
  const [instance, ...others] = found;
  const name = selector.kind === 'one' ? selector.unit : `${selector.application}@`;
  if (!instance) throw new GivcError('NOT_FOUND', `application ${quoted(name)} does not run${vm ? ` in ${vm}` : ''}`);
  if (others.length > 0) {
    const names = found.map((one) => formatInstance(one)).join(', ');
    throw new GivcError('INVALID_ARGUMENT', `${name} may be ${names}: name one of them, with --vm if need be`);
  }
  return instance;
}

export const formatInstance = ({ unit, vm }: Instance): string => (vm === undefined ? unit : `${unit} in ${vm}`);
