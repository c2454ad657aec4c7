import {
  assertSupported,
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
  /** How a unit ended that runs no longer, as far as its agent knows. */
  readonly ending?: report.Ending;
  /** When systemd told the agent, in milliseconds since 1970; 0 or nothing when that is not known. */
  readonly sinceMs?: number;
}

/** What a RegisterService says, by what it is about. */
export type Registration =
  | (Unit & { readonly kind: 'agent'; readonly vm: VmName; readonly endpoint: Endpoint; readonly bootId?: string })
  | (Unit & { readonly kind: 'vm'; readonly vm: VmName; readonly agent: UnitName })
  | (Unit & { readonly kind: 'unit'; readonly agent: UnitName });

/** Who registers, and how. */
export interface Registrant {
  /** Undefined when TLS is off: then everybody is believed. */
  readonly peer: Peer | undefined;
  /** The IP address that it calls from; undefined where the transport has none. */
  readonly address?: string | undefined;
  /** It will tell each change by itself. */
  readonly reports: boolean;
  /** Whether its reports still come. */
  readonly isOpen?: () => boolean;
  /** Called when an agent's registration was held back and has changed something, with how many it stands for. */
  readonly onLate?: (count: number) => void;
}

/** An endpoint that this admin can dial. */
function parseAgentEndpoint(transport: Transport): Endpoint {
  const endpoint = parseEndpoint('Transport', transport);
  const { address } = endpoint;
  assertSupported('Transport.Protocol', address);
  if (address.protocol === 'tcp' && address.port === 0)
    throw invalid('Transport.Port', 'no agent can be dialled at port 0: expected 1-65535');
  return endpoint;
}

/** Throws INVALID_ARGUMENT that names the field of the RegistryRequest which cannot be. */
export function parseRegistration(request: admin.RegistryRequest): Registration {
  const unit = parseUnitName('Name', request.Name);
  const type = parseUnitType('Type', request.Type);
  const status = request.State ? parseUnitStatus('State', unit, request.State) : stoppedStatus(unit);
  if (type.service === 'Mgr') {
    const vm = vmOfAgentUnit(unit);
    if (!vm) throw invalid('Name', `${quoted(unit)} is no agent: their names are like "givc-net-vm.service"`);
    if (!request.Transport) throw invalid('Transport', `it is missing: where does the agent ${unit} listen?`);
    return { kind: 'agent', unit, type, status, vm, endpoint: parseAgentEndpoint(request.Transport) };
  }
  const agent = parseUnitName('Parent', request.Parent);
  if (!vmOfAgentUnit(agent))
    throw invalid('Parent', `${quoted(agent)} is no agent: their names are like "givc-net-vm.service"`);
  if (type.service !== 'VM') return { kind: 'unit', unit, type, status, agent };
  const vm = vmOfVmUnit(unit);
  if (!vm) throw invalid('Name', `${quoted(unit)} is no VM: their names are like "microvm@net-vm.service"`);
  return { kind: 'vm', unit, type, status, vm, agent };
}
