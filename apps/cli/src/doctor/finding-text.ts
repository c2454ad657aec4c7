// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { checkIds, formatProblem, type CheckState } from '@givc/checks';
import { plain } from '../output/plain-text.js';
import type { Finding } from './diagnose.js';

const colours: Readonly<Record<CheckState, number>> = { ok: 32, warning: 33, failure: 31 };

/** Lines are printed one by one, before the longest name of a machine is known: a longer name shifts its line. */
const [machineWidth, idWidth] = [10, Math.max(...checkIds.map(({ length }) => length))];

/** One line: the state, the machine, the id of the check, and the sentence with the fix. */
export function findingLine(finding: Finding, hasColour: boolean): string {
  const { state, machine, id } = finding;
  const padded = state.padEnd('warning'.length);
  const painted = hasColour ? `\u001b[${colours[state]}m${padded}\u001b[0m` : padded;
  return `${painted}  ${plain(`${machine.padEnd(machineWidth)}  ${id.padEnd(idWidth)}  ${formatProblem(finding)}`)}`;
}

const counted = (count: number, what: string): string => `${count || 'no'} ${what}${count === 1 ? '' : 's'}`;

/** `1 failure, no warnings, 12 ok` */
export function summaryOf(findings: readonly Finding[]): { readonly text: string; readonly failures: number } {
  const of = (wanted: CheckState) => findings.filter(({ state }) => state === wanted).length;
  const failures = of('failure');
  return { failures, text: `${counted(failures, 'failure')}, ${counted(of('warning'), 'warning')}, ${of('ok')} ok` };
}
