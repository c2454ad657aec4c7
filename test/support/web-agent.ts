// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { report } from '@givc/rpc';
import type { UnitName } from '@givc/model';
import { FakeSystemd } from '@givc/systemd';
import type { TestAgent, TestSystem } from '@givc/testing';

/** The unit of the agent. */
export const web = 'web.service' as UnitName;

/** Starts the agent of net-vm, with a running unit and an application, and resolves when the unit is listed. */
export async function startWebAgent(system: TestSystem, heartbeatMs?: number): Promise<TestAgent> {
  const systemd = new FakeSystemd();
  systemd.define(web, { active: true });
  const agent = await system.startAgent('net-vm', {
    systemd,
    heartbeatMs,
    capabilities: { services: [web], applications: [{ name: 'clock', command: '/bin/clock' }] },
  });
  await system.until((list) => list.some(({ Name }) => Name === web));
  return agent;
}

/** Resolves when the unit is listed with this state. */
export const untilUnitIs = (system: TestSystem, unit: UnitName, VmStatus: string): Promise<void> =>
  system.until((list) => list.some((item) => item.Name === unit && item.VmStatus === VmStatus));

/** What `report.Machines` lists. */
export const machinesOf = async (system: TestSystem): Promise<report.Machine[]> =>
  (await system.channel(system.admin).unary(report.MachinesService.listMachines, {})).machines;
