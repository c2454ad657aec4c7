// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Access, Peer } from '@givc/access';
import { admin, type Encoded } from '@givc/rpc';
import { Log } from '@givc/log';
import {
  agentUnit,
  parseUnitName,
  parseVmName,
  stoppedStatus,
  vmUnit,
  type Endpoint,
  type ServiceType,
  type UnitName,
  type UnitStatus,
  type VmName,
  type VmType,
} from '@givc/model';
import type { AdminConfig } from '../admin.config.js';
import { RegistryRestorer } from '../persistence/registry-restorer.js';
import { HostElection } from './host-election.js';
import type { AgentEntry, UnitEntry } from './registry-entry.js';
import type { Presence } from './agent-presence.js';
import { PresenceService } from '../presence/presence.service.js';
import { InstanceReservations } from './instance-reservations.js';
import { RegistryLookup } from './registry-lookup.js';
import { RegistryStore } from './registry-store.js';
import type { Registration } from '../registration/registration.js';
import { MachineLog } from './machine-log.js';
import { RegistrationService } from '../registration/registration.service.js';
import { UnitCalls } from './unit-calls.js';
import { UnitRecorder } from './unit-recorder.js';

export const vmNamed = (name: string): VmName => parseVmName('name', name);
export const unitNamed = (name: string): UnitName => parseUnitName('name', name);

export const runningStatus = (unit: UnitName, fields: Partial<UnitStatus> = {}): UnitStatus => ({
  ...stoppedStatus(unit),
  ActiveState: 'active',
  SubState: 'running',
  ...fields,
});

export const failedStatus = (unit: UnitName): UnitStatus => ({
  ...stoppedStatus(unit),
  ActiveState: 'failed',
  SubState: 'failed',
});

export const endpointOf = (vm: VmName, port = 9_000): Endpoint => ({
  name: vm,
  address: { protocol: 'tcp', host: '127.0.0.1', port },
});

/** The message of a watch that these bytes are. */
export const watchItemOf = ({ frame }: Encoded): admin.WatchItem => admin.WatchItem.decode(frame.subarray(5));

/** The presence of an agent whose report stream is open. */
export const reporting = (): Presence => ({ state: 'reporting', run: { bootId: undefined, endpoint: undefined } });

/** The presence of an agent that answers polls. */
export const polled = (): Presence => ({ state: 'polled', run: { bootId: undefined, endpoint: undefined } });

/** The entry of a machine's agent, which runs and does not report. */
export function agentEntry(name: string, fields: Partial<AgentEntry> = {}, kind: VmType = 'SysVM'): AgentEntry {
  const vm = vmNamed(name);
  const unit = agentUnit(vm);
  return {
    unit,
    type: { vm: kind, service: 'Mgr' },
    status: runningStatus(unit),
    vm,
    machine: vm,
    agent: unit,
    endpoint: endpointOf(vm),
    presence: polled(),
    certifiedAt: undefined,
    bootId: undefined,
    ...fields,
  };
}

/** The entry of a unit that a machine runs. */
export function unitEntry(
  machine: string,
  name: string,
  fields: Partial<UnitEntry> = {},
  service: ServiceType = 'Svc',
): UnitEntry {
  const [vm, unit] = [vmNamed(machine), unitNamed(name)];
  return {
    unit,
    type: { vm: 'SysVM', service },
    status: runningStatus(unit),
    vm,
    machine: vm,
    agent: agentUnit(vm),
    ...fields,
  };
}

/** The entry of a unit of the machine `host` that runs a VM. */
export function vmEntry(name: string, fields: Partial<UnitEntry> = {}, kind: VmType = 'SysVM'): UnitEntry {
  const [vm, host] = [vmNamed(name), vmNamed('host')];
  const unit = vmUnit(vm);
  return {
    unit,
    type: { vm: kind, service: 'VM' },
    status: stoppedStatus(unit),
    vm,
    machine: host,
    agent: agentUnit(host),
    ...fields,
  };
}

type RegistrationOf<Kind extends Registration['kind']> = Extract<Registration, { kind: Kind }>;

/** The registration of a machine's agent. */
export function agentRegistration(name: string, fields: Partial<RegistrationOf<'agent'>> = {}): Registration {
  const { unit, type, status, vm } = agentEntry(name);
  return { kind: 'agent', unit, type, status, vm, endpoint: endpointOf(vm), ...fields };
}

/** The registration of a unit by the agent of its machine. */
export function unitRegistration(
  machine: string,
  name: string,
  fields: Partial<RegistrationOf<'unit'>> = {},
): Registration {
  const { unit, type, status, agent } = unitEntry(machine, name);
  return { kind: 'unit', unit, type, status, agent, ...fields };
}

/** The registration of an application's instance by the agent of its machine. */
export const instanceRegistration = (
  machine: string,
  status: UnitStatus,
  fields: Partial<RegistrationOf<'unit'>> = {},
): Registration => unitRegistration(machine, status.Name, { type: { vm: 'SysVM', service: 'App' }, status, ...fields });

/** The registration of a VM by the agent of the machine `host`. */
export function vmRegistration(name: string, status: UnitStatus): Registration {
  const { unit, type, agent, vm } = vmEntry(name);
  return { kind: 'vm', unit, type, status, vm, agent };
}

/** A registry with its log lines, and the operations of agents and callers on it. */
export function newRegistry(settings: Partial<AdminConfig> = {}, { tls = true } = {}) {
  const lines: string[] = [];
  const log = new Log('debug', (line) => lines.push(line.trimEnd()), false);
  const store = new RegistryStore();
  const config = {
    name: vmNamed('admin-vm'),
    hostName: undefined,
    services: [],
    agentSockets: [],
    ...settings,
  } as unknown as AdminConfig;
  const presence = new PresenceService(store, log);
  const access = { identity: tls ? {} : undefined } as Access;
  const hostElection = new HostElection(config, access, log);
  const lookup = new RegistryLookup(store, hostElection);
  const reservations = new InstanceReservations(store);
  const machineLog = new MachineLog(log);
  const units = new UnitRecorder(store, reservations, machineLog);
  const calls = new UnitCalls(store, units);
  const registration = new RegistrationService(store, units, presence, hostElection, config, machineLog, log);
  const restorer = new RegistryRestorer(store, presence, hostElection, config, log);
  return {
    ...{
      store,
      presence,
      lookup,
      reservations,
      units,
      calls,
      registration,
      restorer,
      hostElection,
      config,
      log,
      lines,
    },
    register: (what: Registration, reports = false, peer?: Peer, address?: string) =>
      registration.register(what, { peer, address, reports }),
    agentOf: (name: VmName) => store.agent(name),
    list: () => store.items().map(({ Name, VmStatus }) => `${Name} ${VmStatus}`),
  };
}
