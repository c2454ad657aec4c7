// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError, vmOfAgentUnit, type UnitName } from '@givc/model';
import type { systemd } from '@givc/rpc';
import type { Output } from '../output/output.js';
import { formatEntry } from './formats.js';

/** A unit, and the machine whose systemd runs it. */
export interface UnitOfMachine {
  readonly unit: string;
  readonly vm: string;
}

const lines = 10;
const limitMs = 5_000;

const hasFailed = ({ ActiveState, SubState }: systemd.UnitStatus): boolean =>
  ActiveState === 'failed' || SubState === 'auto-restart';

/** The unit of this name in the registry; `vm` is that under which it is listed. Undefined when it is not one unit. */
export async function findUnit(admin: AdminClient, unit: string, vm?: string): Promise<UnitOfMachine | undefined> {
  const { List } = await admin.queryList({}, { deadlineMs: limitMs });
  const found = List.filter(({ Name, VmName }) => Name === unit && (vm === undefined || VmName === vm));
  // A VM unit is listed under its VM, but belongs to the host.
  const machine = vmOfAgentUnit((found[0]?.AgentName ?? '') as UnitName) ?? found[0]?.VmName;
  return found.length === 1 && machine !== undefined ? { unit, vm: machine } : undefined;
}

async function printLines(output: Output, admin: AdminClient, { unit, vm }: UnitOfMachine): Promise<void> {
  const options = { deadlineMs: limitMs };
  if (!hasFailed(await admin.getUnitStatus({ VmName: vm, UnitName: unit }, options))) return;
  let text = '';
  const request = { vm, units: [unit], lines, follow: false, since: undefined };
  for await (const { entries } of admin.readJournal(request, options))
    for (const entry of entries) text += formatEntry(entry, 'short', false).toString();
  if (text === '') return;
  output.note(`the last lines of ${unit} in ${vm}:`);
  output.progress('stderr', text);
}

/**
 * Prints the last ten lines of a unit on stderr if the unit has failed and this caller may read its journal. A failure
 * of that is not reported, because the lines only explain another error.
 */
export async function explainFailedUnit(
  output: Output,
  admin: AdminClient,
  find: () => Promise<UnitOfMachine | undefined> | UnitOfMachine,
): Promise<void> {
  try {
    const found = await find();
    if (found) await printLines(output, admin, found);
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
  }
}

/** Like `explainFailedUnit`, when the work fails because a job of systemd has failed. */
export async function withFailedUnit<T>(
  output: Output,
  admin: AdminClient,
  find: () => Promise<UnitOfMachine | undefined> | UnitOfMachine,
  work: Promise<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GivcError && error.reason === 'FAILED_PRECONDITION')
      await explainFailedUnit(output, admin, find);
    throw error;
  }
}
