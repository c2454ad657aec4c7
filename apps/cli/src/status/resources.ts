// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setTimeout } from 'node:timers/promises';
import type { AdminClient } from '@givc/client';
import { GivcError, invalid, quoted } from '@givc/model';
import type { resources } from '@givc/rpc';
import type { Table } from '../output/table.js';
import { size } from '../stats/stats-text.js';

/** The time between the two readings, as of `systemd-cgtop --delay=1`. */
const intervalMs = 1_000;

/** A unit with its usage, or a machine of which no unit is known. An unknown value is `null`. */
export interface UsageRow {
  readonly vm: string;
  readonly unit: string | null;
  readonly service_type: string | null;
  readonly status: string | null;
  /** Of one CPU, between the two readings. */
  readonly cpu_percent: number | null;
  readonly memory_bytes: number | null;
  readonly tasks: number | null;
  readonly restarts: number | null;
  /** `MachineUsage.state` of its machine. */
  readonly state: string;
  readonly problem: string | null;
}

/** The columns by which rows may be sorted. */
export const sortKeys = ['memory', 'cpu', 'tasks', 'restarts'] as const;
export type SortKey = (typeof sortKeys)[number];

/** Throws INVALID_ARGUMENT with the names of the columns. */
export function parseSortKey(value: string): SortKey {
  const key = sortKeys.find((one) => one === value);
  if (!key) throw invalid('--sort', `invalid column ${quoted(value)}: expected ${sortKeys.join(', ')}`);
  return key;
}

const fieldOf = {
  memory: 'memory_bytes',
  cpu: 'cpu_percent',
  tasks: 'tasks',
  restarts: 'restarts',
} as const satisfies Record<SortKey, keyof UsageRow>;

/**
 * The share of one CPU between two readings, or since the start of the unit when it was not running at the first one.
 */
export function cpuPercent(before: resources.Usage | undefined, after: resources.Usage): number {
  const isSame = before !== undefined && before.active_us <= after.active_us && before.cpu_us <= after.cpu_us;
  const from = isSame ? before : { cpu_us: 0, active_us: 0 };
  const us = after.active_us - from.active_us;
  return us > 0 ? (100 * (after.cpu_us - from.cpu_us)) / us : 0;
}

function rowsOf(machine: resources.MachineUsage, before: resources.MachineUsage | undefined): UsageRow[] {
  const { vm, state, error, units } = machine;
  const ending = { state, problem: error || null };
  const unknown = { cpu_percent: null, memory_bytes: null, tasks: null, restarts: null };
  // Whether the units of other machines still run is not known either.
  const hasUnits = state === 'answered' || (units.length > 0 && (state === 'unsupported' || state === 'failed'));
  if (!hasUnits) return [{ vm, unit: null, service_type: null, status: null, ...unknown, ...ending }];
  const first = new Map(before?.units.map(({ unit, usage }) => [unit, usage]));
  const valuesOf = (unit: string, usage: resources.Usage) => ({
    cpu_percent: Math.round(100 * cpuPercent(first.get(unit), usage)) / 100,
    memory_bytes: usage.memory_bytes,
    tasks: usage.tasks ?? null,
    restarts: usage.restarts ?? null,
  });
  return units.map(({ unit, service_type, vm_status: status, usage }) => ({
    ...{ vm, unit, service_type, status },
    ...(usage ? valuesOf(unit, usage) : unknown),
    ...ending,
  }));
}

/** The rows of the second reading: those with the highest value first, those without one last, then by name. */
export function usageRows(
  before: resources.GetUsageResponse,
  after: resources.GetUsageResponse,
  sort: SortKey,
): UsageRow[] {
  const first = new Map(before.machines.map((machine) => [machine.vm, machine]));
  const value = (row: UsageRow): number => row[fieldOf[sort]] ?? (row.unit === null ? -2 : -1);
  const text = ({ vm, unit }: UsageRow): string => `${vm}/${unit ?? ''}`;
  return after.machines
    .flatMap((machine) => rowsOf(machine, first.get(machine.vm)))
    .sort((a, b) => value(b) - value(a) || (text(a) < text(b) ? -1 : 1));
}

function cellsOf(row: UsageRow): string[] {
  const { vm, unit, status, state, cpu_percent: cpu, memory_bytes: memory, tasks, restarts } = row;
  if (unit === null) return [vm, '', state, '', '', '', ''];
  if (cpu === null || memory === null) return [vm, unit, status ?? '', ...Array<string>(4).fill('unknown')];
  return [vm, unit, status ?? '', `${cpu.toFixed(1)} %`, size(memory), `${tasks ?? ''}`, `${restarts ?? ''}`];
}

/** The rows as a table. A unit whose usage is unknown says so, and a machine without units has its state. */
export const usageTable = (rows: readonly UsageRow[]): Table => ({
  head: ['VM', 'UNIT', 'STATUS', 'CPU', 'MEMORY', 'TASKS', 'RESTARTS'],
  rows: rows.map(cellsOf),
});

/** Why agents have not answered. Machines without an agent are in the table. */
export const problemsOf = ({ machines }: resources.GetUsageResponse): string[] =>
  machines.flatMap(({ state, error }) =>
    ['answered', 'off', 'no-agent'].includes(state) || error === '' ? [] : [error],
  );

/** Two readings, a second apart. FAILED_PRECONDITION when the admin is of another implementation or too old. */
export async function readUsage(
  admin: Pick<AdminClient, 'getUsage'>,
  vm: string,
  pause: () => Promise<unknown> = () => setTimeout(intervalMs),
): Promise<readonly [before: resources.GetUsageResponse, after: resources.GetUsageResponse]> {
  try {
    const before = await admin.getUsage({ vm });
    await pause();
    return [before, await admin.getUsage({ vm })];
  } catch (cause) {
    if (!(cause instanceof GivcError && cause.reason === 'UNIMPLEMENTED')) throw cause;
    throw new GivcError('FAILED_PRECONDITION', 'the admin does not offer resources; a newer givc-admin does', {
      cause,
    });
  }
}
