// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { isAlive, type UnitName } from '@givc/model';
import { vmUnit } from '../machines/layout.js';
import type { Machine } from '../machines/machine.js';

/** Starts, stops, crashes or ends a unit of a machine, if the machine is up. */
export async function changeUnit(kind: string, machine: Machine | undefined, unit: UnitName): Promise<void> {
  if (!machine?.isUp) return;
  const { systemd } = machine;
  const status = await systemd.unitStatus(unit).catch(() => undefined);
  if (!status) return;
  if (kind === 'unit starts') return void systemd.startUnit(unit).catch(() => undefined);
  if (!isAlive(status)) return;
  if (kind === 'unit stops') return void systemd.stopUnit(unit).catch(() => undefined);
  if (kind === 'unit crashes') systemd.crash(unit);
  else systemd.exit(unit);
}

/** Ends one of the running instances of a machine. */
export async function endInstance(crashes: boolean, machine: Machine | undefined, nth: number): Promise<void> {
  if (!machine?.isUp) return;
  const patterns = machine.plan.applications.map((application) => `${application}@*.service`);
  const running = (await machine.systemd.listUnits(patterns).catch(() => [])).filter(isAlive);
  const unit = running[nth % running.length]?.Name as UnitName | undefined;
  if (unit && crashes) machine.systemd.crash(unit);
  else if (unit) machine.systemd.exit(unit);
}

/** Lets the host start or stop a VM; `VM stops badly` is a stop during which the VM is killed. */
export async function changeVm(kind: string, { systemd }: Machine, name: string): Promise<void> {
  const unit = vmUnit(name) as UnitName;
  const status = await systemd.unitStatus(unit).catch(() => undefined);
  if (!status) return;
  if (kind === 'VM starts') return void systemd.startUnit(unit).catch(() => undefined);
  if (!isAlive(status)) return;
  if (kind === 'VM stops badly') systemd.stopBadly(unit);
  else void systemd.stopUnit(unit).catch(() => undefined);
}
