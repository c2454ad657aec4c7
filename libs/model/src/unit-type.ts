import { invalid } from './givc-error.js';

/** What kind of machine a unit belongs to, under the names of `QueryListItem.VmType`. */
export type VmType = 'Host' | 'AdmVM' | 'SysVM' | 'AppVM';

/** What a unit is, under the names of `QueryListItem.ServiceType`: an agent, a service, an application, a VM. */
export type ServiceType = 'Mgr' | 'Svc' | 'App' | 'VM';

export interface UnitType {
  readonly vm: VmType;
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

/** Throws INVALID_ARGUMENT that names `field` unless `value` is one of the 15 numbers of the contract. */
export function parseUnitType(field: string, value: number): UnitType {
  const found = unitTypes[value];
  if (!found) throw invalid(field, `invalid unit type ${value}: expected 0-${unitTypes.length - 1}`);
  return found;
}

/** The number of a type; `Host` has no `VM`. */
export function unitTypeNumber(vm: VmType, service: ServiceType): number {
  const found = unitTypes.findIndex((known) => known.vm === vm && known.service === service);
  if (found < 0) throw new RangeError(`no number stands for ${vm} ${service}`);
  return found;
}
