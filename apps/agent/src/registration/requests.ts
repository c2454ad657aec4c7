import {
  stoppedStatus,
  unitTypeNumber,
  type Address,
  type Endpoint,
  type Transport,
  type UnitName,
  type UnitStatus,
} from '@givc/model';
import type { admin } from '@givc/rpc';
import type { AgentConfig } from '../agent.config.js';
import type { TrackedUnit } from './tracked-units.js';

function hostAndPort(address: Address): Pick<Transport, 'Address' | 'Port'> {
  switch (address.protocol) {
    case 'tcp':
      return { Address: address.host, Port: String(address.port) };
    case 'vsock':
      return { Address: String(address.cid), Port: String(address.port) };
    case 'unix':
    case 'abstract':
      return { Address: address.path, Port: '' };
  }
}

const transportOf = ({ name, address }: Endpoint): Transport => ({
  Protocol: address.protocol,
  Name: name,
  ...hostAndPort(address),
});

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

/** How the agent registers one of its units, and how it tells of the unit's new state. */
export const unitRequest = (
  config: AgentConfig,
  self: Endpoint,
  { unit, vm, service, status }: TrackedUnit,
): admin.RegistryRequest => ({
  Name: unit,
  Parent: config.unit,
  Type: unitTypeNumber(vm, service),
  Transport: transportOf(self),
  State: status,
});
