// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { didYouMean, quoted } from '@givc/model';
import type { admin, report } from '@givc/rpc';
import type { Candidate } from './candidate.js';
import { applicationNames, instanceNames, isIn, unitNames, vmNames } from './registry-names.js';
import type { TypedNames } from './typed-names.js';

type Item = admin.QueryListItem;

/** A name that is not registered. */
export interface UnknownName {
  readonly kind: keyof TypedNames;
  readonly problem: string;
  /** The similar names as a question, if there are some, and the command that lists all: one sentence each. */
  readonly advice: string;
}

const wordsOf = (candidates: readonly Candidate[]): string[] => candidates.map(({ word }) => word);
const sentences = (...parts: readonly string[]): string => parts.filter((part) => part !== '').join(' ');
const hasSuffix = (unit: string): boolean => /\.[a-z]+$/.test(unit);

/** An instance as the registry names it: `chromium@0.service`, or `chromium@` for all. */
function instanceName(name: string): string {
  if (!name.includes('@')) return `${name}@`;
  return name.endsWith('@') || hasSuffix(name) ? name : `${name}.service`;
}

/** Whether a unit, an instance without its suffix, or any instance of `name@` is registered. */
const isUnit = (items: readonly Item[], vm: string | undefined, name: string): boolean =>
  items.some(
    (item) =>
      (vm === undefined || isIn(item, vm) || item.VmName === vm) &&
      (item.Name === name || item.Name === `${name}.service` || (name.endsWith('@') && item.Name.startsWith(name))),
  );

/**
 * The first of the names that the registry does not have: the VM, then what is in it. `items` and `machines` are what
 * the caller may list. Where the applications of a VM are unknown, the name of one is unknown only if it is like those
 * that run.
 */
export function unknownName(
  items: readonly Item[],
  typed: TypedNames,
  machines?: readonly report.Machine[],
): UnknownName | undefined {
  const { vm, units = [], instance, app } = typed;
  const vms = wordsOf(vmNames(items, undefined));
  const unknown = (
    kind: keyof TypedNames,
    problem: string,
    name: string,
    known: string[],
    all: string,
  ): UnknownName => ({
    kind,
    problem,
    advice: sentences(didYouMean(name, known), all),
  });
  if (vm !== undefined && !vms.includes(vm))
    return unknown('vm', `VM ${quoted(vm)} is unknown`, vm, vms, '"givc-cli status" lists the VMs');
  const where = vm === undefined ? '' : ` in ${vm}`;
  const all = `"givc-cli status${vm === undefined ? '' : ` --vm ${vm}`}" lists`;
  const startable = wordsOf(applicationNames(items, vm, machines));
  const applications = [...startable, ...wordsOf(applicationNames(items, vm))];
  for (const name of units) {
    const isBare = !hasSuffix(name);
    if (isUnit(items, vm, name) || (isBare && [...applications, ...vms].includes(name))) continue;
    const known = [
      ...wordsOf(unitNames(items, vm)),
      ...(name.includes('@') ? wordsOf(instanceNames(items, vm)) : isBare ? [...applications, ...vms] : []),
    ];
    return unknown('units', `unit ${quoted(name)} is not registered${where}`, name, known, `${all} the units`);
  }
  if (instance !== undefined) {
    const [name, known] = [instanceName(instance), wordsOf(instanceNames(items, vm))];
    if (!known.includes(name))
      return unknown('instance', `${quoted(name)} does not run${where}`, name, known, `${all} what runs`);
  }
  return app === undefined || vm === undefined || startable.includes(app)
    ? undefined
    : unknownApplication(app, vm, startable, machines);
}

/** An application that is not one of the `known` of a VM; undefined if it may nevertheless be one of it. */
function unknownApplication(
  app: string,
  vm: string,
  known: readonly string[],
  machines: readonly report.Machine[] | undefined,
): UnknownName | undefined {
  const namesOf = (machine: report.Machine) => machine.applications?.names;
  const areReported = machines?.some((machine) => machine.name === vm && namesOf(machine)) ?? false;
  const others = (machines ?? []).filter((machine) => namesOf(machine)?.includes(app));
  const question =
    others.length > 0
      ? `did you mean ${others.map(({ name }) => `--vm ${name}`).join(' or ')}?`
      : didYouMean(app, known);
  if (!areReported && question === '') return undefined;
  const all = machines
    ? `"givc-cli applications${known.length === 0 ? '' : ` --vm ${vm}`}" lists them`
    : `"givc-cli status --vm ${vm}" lists what runs`;
  return { kind: 'app', problem: `application ${quoted(app)} is unknown in ${vm}`, advice: sentences(question, all) };
}
