// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { instanceOfUnit, vmOfAgentUnit, type UnitName } from '@givc/model';
import type { admin, report } from '@givc/rpc';
import { machinesOf } from '../machines/machine.js';
import type { Candidate } from './candidate.js';

type Item = admin.QueryListItem;

/**
 * The names of one kind in a list of the registry; `vm` limits the kinds that belong to one machine. `machines` are
 * those of `report.Machines`, if they are known.
 */
export type NamesOf = (
  items: readonly Item[],
  vm: string | undefined,
  machines?: readonly report.Machine[],
) => Candidate[];

/**
 * The name of a unit is untrusted input that a shell inserts into its line: names that begin like an option or contain
 * a special character of a shell are left out, and so are unit names with a backslash.
 */
const isHarmless = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9:_.@-]{0,254}$/.test(name);

/** Whether the systemd of this machine has the unit: a VM unit is listed under its VM, but belongs to the host. */
export const isIn = ({ VmName, AgentName }: Item, vm: string): boolean =>
  (vmOfAgentUnit((AgentName ?? '') as UnitName) ?? VmName) === vm;

/** Each name once, with the descriptions of all units of that name. */
function named(all: readonly (readonly [name: string, description: string])[]): Candidate[] {
  const found = new Map<string, Set<string>>();
  for (const [name, description] of all)
    if (isHarmless(name)) found.set(name, (found.get(name) ?? new Set()).add(description));
  return Array.from(found, ([word, descriptions]) => ({ word, description: [...descriptions].join(', ') }));
}

const stateOf = ({ VmStatus, VmName }: Item): string => (VmName === undefined ? VmStatus : `${VmStatus} in ${VmName}`);

export const vmNames: NamesOf = (items) =>
  named(machinesOf(items, undefined).map(({ name, vmType, status }) => [name, [vmType, status].join(' ').trim()]));

export const unitNames: NamesOf = (items, vm) =>
  named(items.filter((item) => vm === undefined || isIn(item, vm)).map((item) => [item.Name, stateOf(item)]));

/** The application of each item that is a running instance of one. */
const applicationsOf = (items: readonly Item[], vm: string | undefined): [string, Item][] =>
  items.flatMap((item): [string, Item][] => {
    const application = instanceOfUnit(item.Name as UnitName)?.application;
    const isOne = item.ServiceType === 'App' && application !== undefined && (vm === undefined || isIn(item, vm));
    return isOne ? [[application, item]] : [];
  });

/** Running instances, and `chromium@` for all of an application. */
export const instanceNames: NamesOf = (items, vm) => {
  const applications = applicationsOf(items, vm);
  const every = new Set(applications.map(([application]) => `${application}@`));
  return [
    ...named(applications.map(([, item]) => [item.Name, stateOf(item)])),
    ...named(Array.from(every, (name) => [name, 'every instance'])),
  ];
};

/**
 * Those that the agents report, then those that run in a machine whose agent does not: elsewhere, one that is not
 * reported was removed from the configuration while it ran, and cannot be started.
 */
export const applicationNames: NamesOf = (items, vm, machines = []) => {
  const reported = machines.filter(({ name, applications }) => applications && (vm === undefined || name === vm));
  const others = items.filter((item) => !reported.some(({ name }) => isIn(item, name)));
  return named([
    ...reported.flatMap(({ name, applications }) => applications!.names.map((one) => [one, name] as const)),
    ...applicationsOf(others, vm).map(([application, { VmName }]) => [application, VmName ?? ''] as const),
  ]);
};
