// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  fieldError,
  vmOfAgentUnit,
  vmOfVmUnit,
  type Endpoint,
  type GivcError,
  type UnitType,
  type VmName,
} from '@givc/model';
import type { Peer } from '@givc/access';
import type { AgentEntry } from '../registry/registry-entry.js';
import type { Registration } from './registration.js';

/** The facts that decide about a registration, in addition to the caller's certificate. */
interface Known {
  /** The name of this admin's machine. */
  readonly adminName: VmName;
  /** The name in the host's certificate, as soon as it is known. */
  readonly hostName: VmName | undefined;
  agentOf(vm: VmName): AgentEntry | undefined;
}

const denied = (field: string, problem: string): GivcError => fieldError('PERMISSION_DENIED', field, problem);

function assertOwn(field: string, what: string, owner: VmName, { name }: Peer): void {
  if (name !== owner)
    throw denied(field, `${what} may be registered only with the certificate of ${owner}, and this is ${name}'s`);
}

function assertOwnName({ name }: Endpoint, vm: VmName): void {
  if (name !== vm) throw denied('Transport.Name', `the agent of ${vm} proves itself as ${vm}, not as ${name}`);
}

/** Only the admin's own machine may register as `AdmVM`. */
function assertNotAdmin(vm: VmName, { vm: kind }: UnitType, { adminName }: Known): void {
  if (kind === 'AdmVM' && vm !== adminName) throw denied('Type', `the admin's machine is ${adminName}, not ${vm}`);
}

/**
 * Throws PERMISSION_DENIED, with the expected value, unless this certificate may register this unit. Only X may
 * register `givc-X.service` and everything below it, and only the host may register its units and VM units. A
 * certificate that is older than the last one cannot change the endpoint of an agent. `HostElection` decides whether an
 * agent is the agent of the host.
 */
export function assertMayRegister(registration: Registration, peer: Peer, known: Known): void {
  const { unit, type } = registration;
  const named = vmOfAgentUnit(unit);
  if (named) assertOwn('Name', unit, named, peer);
  if (registration.kind === 'agent') {
    const { vm, endpoint } = registration;
    assertOwnName(endpoint, vm);
    assertNotAdmin(vm, type, known);
    const before = known.agentOf(vm);
    if (before?.certifiedAt !== undefined && peer.notBefore < before.certifiedAt && isMoved(before, endpoint))
      throw denied('Transport', `${vm} has registered with a newer certificate than this one, and stays where it is`);
    return;
  }
  const machine = vmOfAgentUnit(registration.agent)!;
  assertOwn('Parent', `what is below ${registration.agent}`, machine, peer);
  if (registration.kind === 'unit') {
    assertNotAdmin(machine, type, known);
    if (type.vm === 'Host' && machine !== known.hostName)
      throw denied('Type', `the host of this system is ${known.hostName ?? 'not known yet'}, not ${machine}`);
  }
  if (vmOfVmUnit(unit) && machine !== known.hostName)
    throw denied(
      'Name',
      `${unit} is a VM, which only the host registers: ${known.hostName ?? 'it has not registered yet'}`,
    );
}

function isMoved({ endpoint }: AgentEntry, { address }: Endpoint): boolean {
  const before = endpoint.address;
  if (before.protocol !== address.protocol) return true;
  return address.protocol === 'tcp' && before.protocol === 'tcp' && before.host !== address.host;
}
