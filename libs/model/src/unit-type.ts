// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { invalid, quoted } from './givc-error.js';

/** The kind of machine that a unit belongs to, under the names of `QueryListItem.VmType`. */
export type VmType = 'Host' | 'AdmVM' | 'SysVM' | 'AppVM';

/** The kind of a unit, under the names of `QueryListItem.ServiceType`: an agent, a service, an application, a VM. */
export type ServiceType = 'Mgr' | 'Svc' | 'App' | 'VM';

/** The meaning of the number `RegistryRequest.Type` of the contract. The host has no type `VM`. */
export interface UnitType {
  /** The machine that the unit belongs to; for the unit of a VM, the VM itself. */
  readonly vm: VmType;
  /** The kind of the unit. */
  readonly service: ServiceType;
}

const type = (vm: VmType, service: ServiceType): UnitType => Object.freeze({ vm, service });

/** Indexed by `RegistryRequest.Type`. */
const unitTypes: readonly UnitType[] = [
  type('Host', 'Mgr'),
  type('Host', 'Svc'),
  type('Host', 'App'),
  type('AdmVM', 'VM'),
  type('AdmVM', 'Mgr'),
  type('AdmVM', 'Svc'),
  type('AdmVM', 'App'),
  type('SysVM', 'VM'),
  type('SysVM', 'Mgr'),
  type('SysVM', 'Svc'),
  type('SysVM', 'App'),
  type('AppVM', 'VM'),
  type('AppVM', 'Mgr'),
  type('AppVM', 'Svc'),
  type('AppVM', 'App'),
];

const list = unitTypes.map(({ vm, service }, number) => `${number} ${vm} ${service}`).join(', ');

/**
 * Throws INVALID_ARGUMENT that names `field` and lists the numbers unless `value` is one of the 15 numbers of the
 * contract, or its text.
 */
export function parseUnitType(field: string, value: number | string): UnitType {
  const number = typeof value === 'string' && /^\+?[0-9]{1,10}$/.test(value) ? Number(value) : value;
  const found = typeof number === 'number' ? unitTypes[number] : undefined;
  if (!found)
    throw invalid(
      field,
      `invalid unit type ${typeof value === 'string' ? quoted(value) : value}: expected 0-${unitTypes.length - 1} (${list})`,
    );
  return found;
}

/** The number of a type, 0 to 14. Throws RangeError for the type `VM` of the host, which does not exist. */
export function unitTypeNumber(vm: VmType, service: ServiceType): number {
  const found = unitTypes.findIndex((known) => known.vm === vm && known.service === service);
  if (found < 0) throw new RangeError(`no number stands for ${vm} ${service}`);
  return found;
}
