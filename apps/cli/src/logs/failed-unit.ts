// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError, vmOfAgentUnit, type UnitName } from '@givc/model';
import type { journal, systemd } from '@givc/rpc';
import type { Output } from '../output/output.js';
import { formatEntry } from './formats.js';

/** A unit, and the machine whose systemd runs it. */
export interface UnitOfMachine {
  readonly unit: string;
  readonly vm: string;
}

const lines = 10;
const limitMs = 5_000;
/** Clocks of machines run at slightly different rates, and the journal has the time at which a line was written. */
const marginMs = 1_000;

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

async function printLines(
  output: Output,
  admin: AdminClient,
  { unit, vm }: UnitOfMachine,
  since?: journal.ReadJournalRequest['since'],
): Promise<void> {
  let text = '';
  const request = { vm, units: [unit], lines, follow: false, since };
  for await (const { entries } of admin.readJournal(request, { deadlineMs: limitMs }))
    for (const entry of entries) text += formatEntry(entry, 'short', false).toString();
  if (text === '') return;
  output.note(`the last lines of ${unit} in ${vm}:`);
  output.progress('stderr', text);
}

/** A failure of the explanation is not reported, because it only explains another error. */
async function explain(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
  }
}

/** Prints the last ten lines of a unit on stderr if the unit has failed and this caller may read its journal. */
export const explainFailedUnit = (
  output: Output,
  admin: AdminClient,
  find: () => Promise<UnitOfMachine | undefined> | UnitOfMachine,
): Promise<void> =>
  explain(async () => {
    const found = await find();
    if (!found) return;
    const status = await admin.getUnitStatus({ VmName: found.vm, UnitName: found.unit }, { deadlineMs: limitMs });
    if (hasFailed(status)) await printLines(output, admin, found);
  });

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

/**
 * Prints the last ten lines of an instance of an application when `start` fails because of it. systemd forgets such a
 * unit, and the next instance has its name, so that only lines since the start count.
 */
export async function withFailedInstance<T>(
  output: Output,
  admin: AdminClient,
  vm: string,
  start: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  try {
    return await start();
  } catch (error) {
    const info = error instanceof GivcError && error.info?.reason === 'INSTANCE_FAILED' ? error.info : undefined;
    const unit = info?.metadata?.['unit'];
    const ageMs = Math.ceil(performance.now() - began) + marginMs;
    if (unit !== undefined)
      await explain(() => printLines(output, admin, { unit, vm }, { $case: 'age_ms', value: ageMs }));
    throw error;
  }
}
