// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  isAlive,
  parseUnitType,
  programVersion,
  stoppedStatus,
  transportOf,
  unitTypeNumber,
  type ApplicationName,
  type Endpoint,
  type UnitName,
  type UnitStatus,
} from '@givc/model';
import { reportProtocolVersion, type admin, type report } from '@givc/rpc';
import type { AgentSettings } from '../config/agent-settings.js';
import type { BootId } from './boot-id.js';
import type { TrackedUnit } from './tracked-units.js';

/** `report.Entry` with all fields that this agent sends. */
export interface UnitReport extends report.Entry {
  registration: admin.RegistryRequest & { State: UnitStatus };
}

/** An agent that registers is running, whatever its unit is called. */
const runningStatus = (unit: UnitName, description: string): UnitStatus => ({
  ...stoppedStatus(unit, { Description: description }),
  ActiveState: 'active',
  SubState: 'running',
});

/** The registration of the agent itself; `self` is the endpoint at which it can be reached. */
export const agentRequest = (agent: AgentSettings, self: Endpoint): admin.RegistryRequest => ({
  Name: agent.unit,
  Parent: agent.parent ?? '',
  Type: unitTypeNumber(agent.type.vm, 'Mgr'),
  Transport: transportOf(self),
  State: runningStatus(agent.unit, `GIVC agent of ${agent.name}`),
});

/**
 * The registration of one of its units, with its new state. systemd forgets an application that has ended, whatever its
 * result: an admin without reports removes it when it is `inactive` and `dead`, not when it is `failed`.
 */
export const unitRequest = (
  agent: AgentSettings,
  self: Endpoint,
  { unit, vm, service, status }: TrackedUnit,
): UnitReport['registration'] => ({
  Name: unit,
  Parent: agent.unit,
  Type: unitTypeNumber(vm, service),
  Transport: transportOf(self),
  State: service === 'App' && !isAlive(status) ? stoppedStatus(unit, status) : status,
});

/** The report entry of one of its units. */
export const unitEntry = (agent: AgentSettings, self: Endpoint, tracked: TrackedUnit): UnitReport => ({
  registration: unitRequest(agent, self, tracked),
  ending: tracked.ending && {
    result: tracked.ending.result,
    status: tracked.ending.exitStatus,
    stop_requested: tracked.ending.stopRequested,
  },
  since_ms: tracked.sinceMs,
});

/** The first message of the next report stream of this boot: all units of the agent, and the applications. */
export const snapshotOf = (
  agent: AgentSettings,
  self: Endpoint,
  boot: BootId,
  tracked: Iterable<TrackedUnit>,
  applications: readonly ApplicationName[],
): report.Snapshot & { readonly entries: readonly UnitReport[] } => ({
  agent: agentRequest(agent, self),
  entries: Array.from(tracked, (one) => unitEntry(agent, self, one)),
  heartbeat_interval_ms: agent.heartbeatMs,
  boot_id: boot.value,
  stream_number: boot.nextStream(),
  protocol_version: reportProtocolVersion,
  agent_version: programVersion,
  applications: { names: [...applications] },
});

/** Whether the entry ends with this state, because an application has ended. */
export const isLast = ({ registration: { Type, State } }: UnitReport): boolean =>
  parseUnitType('Type', Type).service === 'App' && !isAlive(State);
