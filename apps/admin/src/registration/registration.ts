// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  type Endpoint,
  invalid,
  parseEndpoint,
  parseUnitName,
  parseUnitStatus,
  parseUnitType,
  quoted,
  stoppedStatus,
  type Transport,
  type UnitName,
  type UnitStatus,
  type UnitType,
  type VmName,
  vmOfAgentUnit,
  vmOfVmUnit,
} from '@givc/model';
import type { Peer } from '@givc/access';
import type { admin, report } from '@givc/rpc';

interface Unit {
  readonly unit: UnitName;
  readonly type: UnitType;
  readonly status: UnitStatus;
  /** The ending of the unit, if it does not run and its agent reports it. */
  readonly ending?: report.Ending;
}

/** A parsed request of RegisterService. */
export type Registration = AgentRegistration | UnitRegistration;

export type AgentRegistration = Unit & {
  readonly kind: 'agent';
  readonly vm: VmName;
  readonly endpoint: Endpoint;
  readonly bootId?: string;
};

/** A unit that is not an agent; `agent` is that of the machine whose systemd has it. */
export type UnitRegistration =
  | (Unit & { readonly kind: 'vm'; readonly vm: VmName; readonly agent: UnitName })
  | (Unit & { readonly kind: 'unit'; readonly agent: UnitName });

/** The caller of a registration. */
export interface Registrant {
  /** Undefined when TLS is off: then every caller is accepted. */
  readonly peer: Peer | undefined;
  /** The IP address or the CID (`vsock:3`) that it calls from; undefined where the transport has neither. */
  readonly address?: string | undefined;
  /** Whether it reports each change by itself. */
  readonly reports: boolean;
  /** Whether its report stream is still open. */
  readonly isOpen?: () => boolean;
  /**
   * Called when a delayed registration of an agent has changed the registry, with the number of registrations it
   * replaces.
   */
  readonly onLate?: (count: number) => void;
}

/** An endpoint that this admin can dial. */
function parseAgentEndpoint(transport: Transport): Endpoint {
  const endpoint = parseEndpoint('Transport', transport);
  const { address } = endpoint;
  if (address.protocol === 'tcp' && address.port === 0)
    throw invalid('Transport.Port', 'no agent can be dialled at port 0: expected 1-65535');
  return endpoint;
}

/** Throws INVALID_ARGUMENT with the name of the invalid field of the RegistryRequest. */
export function parseRegistration(request: admin.RegistryRequest): Registration {
  const unit = parseUnitName('Name', request.Name);
  const type = parseUnitType('Type', request.Type);
  const status = request.State ? parseUnitStatus('State', unit, request.State) : stoppedStatus(unit);
  if (type.service === 'Mgr') {
    const vm = vmOfAgentUnit(unit);
    if (!vm) throw invalid('Name', `invalid agent ${quoted(unit)}: expected a name such as "givc-net-vm.service"`);
    if (!request.Transport) throw invalid('Transport', `required for the agent ${unit}`);
    return { kind: 'agent', unit, type, status, vm, endpoint: parseAgentEndpoint(request.Transport) };
  }
  const agent = parseUnitName('Parent', request.Parent);
  if (!vmOfAgentUnit(agent))
    throw invalid('Parent', `invalid agent ${quoted(agent)}: expected a name such as "givc-net-vm.service"`);
  if (type.service !== 'VM') return { kind: 'unit', unit, type, status, agent };
  const vm = vmOfVmUnit(unit);
  if (!vm) throw invalid('Name', `invalid VM ${quoted(unit)}: expected a name such as "microvm@net-vm.service"`);
  return { kind: 'vm', unit, type, status, vm, agent };
}
