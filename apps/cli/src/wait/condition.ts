// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, invalid, parseUnitName, parseVmName, quoted } from '@givc/model';
import type { admin } from '@givc/rpc';
import type { TypedNames } from '../names/typed-names.js';

type Item = admin.QueryListItem;

const tests = {
  running: (found: readonly Item[]) => found.find(({ VmStatus }) => VmStatus === 'Running'),
  stopped: (found: readonly Item[]) => found.find(({ VmStatus }) => VmStatus === 'PoweredOff'),
  registered: (found: readonly Item[]) => found[0],
  gone: () => undefined,
};

export type WaitState = keyof typeof tests;
export const waitStates = Object.keys(tests) as readonly WaitState[];

/** A state that a unit, or any instance of `name@`, is to be in. */
export interface Condition {
  readonly name: string;
  readonly vm: string | undefined;
  readonly state: WaitState;
}

/**
 * Throws INVALID_ARGUMENT that names the invalid argument. `name` is a registry name, or `chromium@` for any instance.
 */
export function parseCondition(name: string, { vm, state = 'running' }: { vm?: string; state?: string }): Condition {
  // An instance with the number 0 stands for all instances.
  parseUnitName('unit', name.endsWith('@') ? `${name}0.service` : name);
  if (vm !== undefined) parseVmName('--vm', vm);
  const known = waitStates.find((one) => one === state);
  if (!known) throw invalid('--state', `invalid state ${quoted(state)}: expected ${waitStates.join(', ')}`);
  return { name, vm, state: known };
}

export const typedOf = ({ name, vm }: Condition): TypedNames => ({ vm, units: [name] });
export const subjectOf = ({ name, vm }: Condition): string => (vm === undefined ? name : `${name} in ${vm}`);

const words: Readonly<Record<string, string>> = { Running: 'running', PoweredOff: 'stopped', Paused: 'paused' };
const wordOf = ({ VmStatus }: Item): string => words[VmStatus] ?? VmStatus;
const labelOf = ({ Name, VmName }: Item): string => (VmName === undefined ? Name : `${Name} in ${VmName}`);

/** Whether a list of units meets a condition: the unit that does, or the state that was found instead. */
export type Evaluation =
  { readonly met: true; readonly by: string } | { readonly met: false; readonly instead: string };

/** Throws INVALID_ARGUMENT with the names of the machines when several have such a unit. */
export function evaluate(condition: Condition, items: readonly Item[]): Evaluation {
  const { name, vm, state } = condition;
  const found = items.filter(
    (item) =>
      (name.endsWith('@') ? item.Name.startsWith(name) : item.Name === name) &&
      (vm === undefined || item.VmName === vm),
  );
  const machines = [...new Set(found.map(({ VmName }) => VmName ?? ''))].sort();
  if (machines.length > 1)
    throw new GivcError('INVALID_ARGUMENT', `${name} is in ${machines.join(', ')}: name one of them with --vm`);
  if (found.length === 0)
    return state === 'gone' ? { met: true, by: subjectOf(condition) } : { met: false, instead: 'it is not registered' };
  const first = tests[state](found);
  if (first) return { met: true, by: labelOf(first) };
  return {
    met: false,
    instead:
      found.length === 1
        ? `${name.endsWith('@') ? found[0]!.Name : 'it'} is ${wordOf(found[0]!)}`
        : found.map((item) => `${item.Name} is ${wordOf(item)}`).join(', '),
  };
}
