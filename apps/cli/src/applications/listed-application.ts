// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { instanceOfUnit, type UnitName } from '@givc/model';
import type { admin, report } from '@givc/rpc';
import { machinesOf, type MachineStatus } from '../machines/machine.js';
import type { Table } from '../output/table.js';

/** An application that can be started, or a machine whose applications are unknown. An unknown value is `null`. */
export interface ListedApplication {
  readonly vm_name: string;
  readonly application: string | null;
  /** The running or paused instances, such as `chromium@0.service`. */
  readonly instances: readonly string[] | null;
  /** Why the applications of the machine are unknown. */
  readonly problem: string | null;
}

/** Of a machine whose applications the admin does not have. */
function problemOf(machine: report.Machine | undefined): string {
  switch (machine?.agent_state) {
    case 'none':
      return machine.vm_status === 'PoweredOff' ? 'off' : 'no agent';
    case 'polled':
      return 'the agent does not report them';
    case 'lost':
      return 'the agent is lost';
    case 'unconfirmed':
      return 'the agent has not reported since the admin has restarted';
    default:
      return 'the agent, or the admin, is of an earlier release';
  }
}

const instancesOf = (application: string, { units }: MachineStatus): string[] =>
  units.flatMap(({ Name, ServiceType }) =>
    ServiceType === 'App' && instanceOfUnit(Name as UnitName)?.application === application ? [Name] : [],
  );

/**
 * The applications that the agents report, by machine in the order of `status`, then in that of the configuration of
 * their agent. A machine whose applications are unknown has one row, and one that has none has no row.
 */
export function listedApplications(
  items: readonly admin.QueryListItem[],
  machines: readonly report.Machine[],
): ListedApplication[] {
  const reported = new Map(machines.map((machine) => [machine.name, machine]));
  return machinesOf(items, machines).flatMap((machine): ListedApplication[] => {
    const vm_name = machine.name;
    const known = reported.get(vm_name);
    // The admin's own VM runs: no agent means that it has none to start applications.
    if (machine.vmType === 'AdmVM' && known?.agent_state === 'none') return [];
    if (!known?.applications) return [{ vm_name, application: null, instances: null, problem: problemOf(known) }];
    return known.applications.names.map((application) => ({
      ...{ vm_name, application },
      ...{ instances: instancesOf(application, machine), problem: null },
    }));
  });
}

const rowOf = ({ vm_name, application, instances, problem }: ListedApplication): string[] =>
  application === null ? [vm_name, '', `unknown: ${problem}`] : [vm_name, application, (instances ?? []).join(', ')];

/** The rows as a table, in the same order. */
export const applicationTable = (rows: readonly ListedApplication[]): Table => ({
  head: ['VM', 'APPLICATION', 'INSTANCES'],
  rows: rows.map(rowOf),
});
