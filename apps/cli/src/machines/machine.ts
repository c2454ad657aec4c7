// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmOfAgentUnit, vmOfVmUnit, type UnitName } from '@givc/model';
import type { admin, report } from '@givc/rpc';

export interface AgentStatus {
  readonly name: string;
  /** `reporting`, `polled`, `lost` or `unconfirmed`; without `report.Machines`, the agent's VmStatus. */
  readonly state: string;
  readonly lastSeenMs: number | undefined;
  readonly address: string;
  /** The version of its program; empty when it reports none. */
  readonly version: string;
}

/** A machine and its units. */
export interface MachineStatus {
  readonly name: string;
  readonly vmType: string;
  /** The status of its VM unit; empty when there is none. */
  readonly status: string;
  readonly description: string;
  readonly agent: AgentStatus | undefined;
  /** Services, then applications, each sorted by name. */
  readonly units: readonly admin.QueryListItem[];
}

type Item = admin.QueryListItem;

let collator: Intl.Collator | undefined;
/** Its collator is created at the first use, because that loads data of ICU and takes longer than a call. */
const byName = (a: string, b: string): number =>
  (collator ??= new Intl.Collator('en', { numeric: true })).compare(a, b);
const vmTypes = ['Host', 'AdmVM', 'SysVM', 'AppVM'];
const serviceTypes = ['Svc', 'App'];

/** Types that only a newer admin knows come last. */
function rank(order: readonly string[], type: string): number {
  const at = order.indexOf(type);
  return at < 0 ? order.length : at;
}

/** The machine of an item; admins of the original leave it out where the name of the unit or agent contains it. */
const machineOf = ({ Name, VmName, AgentName }: Item): string =>
  VmName ?? vmOfVmUnit(Name as UnitName) ?? vmOfAgentUnit((AgentName ?? Name) as UnitName) ?? 'unknown';

function agentOf(item: Item | undefined, machine: report.Machine | undefined): AgentStatus | undefined {
  if (!item) return undefined;
  return {
    name: item.Name,
    state: machine && machine.agent_state !== 'none' ? machine.agent_state : item.VmStatus,
    lastSeenMs: machine?.last_seen_ms,
    address: machine?.address ?? '',
    version: machine?.agent_version ?? '',
  };
}

function machineStatus(name: string, items: readonly Item[], machine: report.Machine | undefined): MachineStatus {
  const vm = items.find(({ ServiceType }) => ServiceType === 'VM');
  const manager = items.find(({ ServiceType }) => ServiceType === 'Mgr');
  return {
    name,
    vmType: (vm ?? manager ?? items[0])?.VmType ?? machine?.vm_type ?? '',
    status: vm?.VmStatus ?? '',
    description: vm?.Description ?? '',
    agent: agentOf(manager, machine),
    units: items
      .filter((item) => item !== vm && item !== manager)
      .sort((a, b) => rank(serviceTypes, a.ServiceType) - rank(serviceTypes, b.ServiceType) || byName(a.Name, b.Name)),
  };
}

/**
 * The registered machines, the host first, then by type and name. `machines` is the answer of `report.Machines`, if the
 * admin has it.
 */
export function machinesOf(items: readonly Item[], machines: readonly report.Machine[] | undefined): MachineStatus[] {
  const reported = new Map(machines?.map((machine) => [machine.name, machine]));
  const itsItems = new Map<string, Item[]>();
  for (const item of items) {
    const name = machineOf(item);
    itsItems.set(name, [...(itsItems.get(name) ?? []), item]);
  }
  return [...itsItems]
    .map(([name, its]) => machineStatus(name, its, reported.get(name)))
    .sort((a, b) => rank(vmTypes, a.vmType) - rank(vmTypes, b.vmType) || byName(a.name, b.name));
}
