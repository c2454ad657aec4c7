// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  isAlive,
  parseUnitType,
  stoppedStatus,
  transportOf,
  unitTypeNumber,
  type Endpoint,
  type UnitName,
  type UnitStatus,
} from '@givc/model';
import type { admin, report } from '@givc/rpc';
import type { AgentSettings } from '../config/agent-settings.js';
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

/** Whether the entry ends with this state, because an application has ended. */
export const isLast = ({ registration: { Type, State } }: UnitReport): boolean =>
  parseUnitType('Type', Type).service === 'App' && !isAlive(State);
