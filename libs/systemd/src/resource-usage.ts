// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, isAlive, type UnitName, type UnitStatus } from '@givc/model';
import { BusError } from '@givc/dbus';
import { processesBelow } from './control-group.js';
import type { ResourceUsage } from './systemd.js';
import type { Units } from './units.js';

/** The value of org.freedesktop.systemd1(5) when accounting is off. */
const unset = 2n ** 64n - 1n;

/** Implements `Systemd.resourceUsage`: from systemd's accounting, or else from the processes. */
export async function resourceUsage(units: Units, unit: UnitName): Promise<ResourceUsage> {
  const [status, since, group, cpu, memory, tasks, restarts] = await Promise.all([
    units.status(unit),
    units.property(unit, 'InactiveExitTimestampMonotonic') as Promise<bigint>,
    units.typeProperty(unit, 'ControlGroup').catch(absent('')) as Promise<string>,
    units.typeProperty(unit, 'CPUUsageNSec').catch(absent(unset)) as Promise<bigint>,
    units.typeProperty(unit, 'MemoryCurrent').catch(absent(unset)) as Promise<bigint>,
    units.typeProperty(unit, 'TasksCurrent').catch(absent(unset)) as Promise<bigint>,
    units.typeProperty(unit, 'NRestarts').catch(absent(undefined)) as Promise<number | undefined>,
  ]);
  if (!isAlive(status)) throw noUsage(status, `it is ${status.ActiveState}`);
  if (group === '') throw noUsage(status, 'it has no control group');
  const counted = [cpu, memory, tasks].includes(unset) ? await processesBelow(group) : undefined;
  const nowUsec = process.hrtime.bigint() / 1000n;
  return {
    cpuNsec: cpu === unset ? counted!.cpuNsec : cpu,
    memoryBytes: memory === unset ? counted!.residentBytes : Number(memory),
    tasks: tasks === unset ? counted!.tasks : Number(tasks),
    restarts,
    activeNsec: nowUsec > since ? (nowUsec - since) * 1000n : 0n,
  };
}

/** Units of some types, such as targets, have no processes and so no such interface or property. */
const absent =
  <T>(value: T) =>
  (error: unknown): T => {
    if (error instanceof BusError && /\.Unknown(Interface|Property)$/.test(error.errorName)) return value;
    throw error;
  };

const noUsage = (status: UnitStatus, why: string): GivcError =>
  new GivcError('FAILED_PRECONDITION', `unit "${status.Name}" uses no resources: ${why}`);
