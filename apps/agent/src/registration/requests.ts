import {
  isAlive,
  stoppedStatus,
  transportOf,
  unitTypeNumber,
  type Endpoint,
  type UnitName,
  type UnitStatus,
} from '@givc/model';
import type { admin, report } from '@givc/rpc';
import type { AgentConfig } from '../agent.config.js';
import type { TrackedUnit } from './tracked-units.js';

/** An agent that speaks is running, whatever its unit is called here. */
const runningStatus = (unit: UnitName, description: string): UnitStatus => ({
  ...stoppedStatus(unit, { Description: description }),
  ActiveState: 'active',
  SubState: 'running',
});

/** How the agent registers itself; `self` is where it can be reached. */
export const agentRequest = (config: AgentConfig, self: Endpoint): admin.RegistryRequest => ({
  Name: config.unit,
  Parent: config.parent ?? '',
  Type: unitTypeNumber(config.identity.type.vm, 'Mgr'),
  Transport: transportOf(self),
  State: runningStatus(config.unit, `GIVC agent of ${config.identity.name}`),
});

/**
 * How the agent registers one of its units, and how it tells of the unit's new state. systemd forgets an application that has
 * ended, however it has: an admin that takes no reports removes it when it is `inactive` and `dead`, not when it is `failed`.
 */
export const unitRequest = (
  config: AgentConfig,
  self: Endpoint,
  { unit, vm, service, status }: TrackedUnit,
): admin.RegistryRequest => ({
  Name: unit,
  Parent: config.unit,
  Type: unitTypeNumber(vm, service),
  Transport: transportOf(self),
  State: service === 'App' && !isAlive(status) ? stoppedStatus(unit, status) : status,
});

/** How the agent reports one of its units. */
export const unitChange = (config: AgentConfig, self: Endpoint, tracked: TrackedUnit): report.Change => ({
  Unit: unitRequest(config, self, tracked),
  Ending: tracked.ending && {
    Result: tracked.ending.result,
    Status: tracked.ending.status,
    Asked: tracked.ending.asked,
  },
  SinceMs: tracked.sinceMs,
});
