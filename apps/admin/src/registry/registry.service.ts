// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import {
  agentUnit,
  GivcError,
  instanceOfUnit,
  instanceUnit,
  invalid,
  isAlive,
  messageOf,
  sameEndpoint,
  stoppedStatus,
  unknownVm,
  vmOfAgentUnit,
  type ApplicationName,
  type InstanceSelector,
  type UnitName,
  type UnitStatus,
  type UnitType,
  type VmName,
} from '@givc/model';
import { Log } from '@givc/log';
import type { report } from '@givc/rpc';
import { endingFields } from './application-ending.js';
import { assertEndpointAllowed, assertPermittedSocket } from './endpoint-rights.js';
import { HostElection } from './host-election.js';
import { applicationOf, nameOf, selects } from './instance-selection.js';
import { MachineLog } from './machine-log.js';
import { runOf } from './presence.js';
import { PresenceService, type RegisteredAgent } from './presence.service.js';
import { isAgent, keyOf, type AgentEntry, type RegistryEntry, type UnitEntry } from './registry-entry.js';
import { RegistryStore } from './registry-store.js';
import { assertMayRegister } from './registration-rights.js';
import { RegistrationThrottle } from './registration-throttle.js';
import type { Registrant, Registration } from './registration.js';
import { RegistryConfig } from './registry.config.js';

/** An instance number that is reserved for one start. */
export interface InstanceReservation {
  readonly unit: UnitName;
  /**
   * Puts the started application into the registry, unless it has already ended, and returns the instance that runs: an
   * agent may answer with another one, which was handed over to.
   */
  started(status: UnitStatus): UnitName;
  release(): void;
}

/** The machines, agents, units and running applications, as reported by their agents. */
@Injectable()
export class RegistryService {
  readonly #reserved = new Map<string, { ended: boolean }>();
  readonly #throttle: RegistrationThrottle;
  readonly #lines: MachineLog;
  #revisions = 0;

  constructor(
    readonly store: RegistryStore,
    private readonly presence: PresenceService,
    private readonly log: Log,
    private readonly config: RegistryConfig,
    private readonly hostElection: HostElection,
  ) {
    this.#lines = new MachineLog(log);
    this.#throttle = new RegistrationThrottle((...what) => this.#register(...what, false), log);
    presence.onTransition(({ vm, after }) => {
      if (!after) this.#throttle.forget(vm);
    });
  }

  /**
   * Registers an agent or one of its units, and returns whether it was unknown or has another endpoint now. An agent whose
   * endpoint changes again and again is registered a little later. PERMISSION_DENIED when the caller may not register it,
   * NOT_FOUND when it names an unknown agent.
   */
  register(registration: Registration, registrant: Registrant): boolean {
    return this.#register(registration, registrant, true);
  }

  #register(registration: Registration, registrant: Registrant, mayWait: boolean): boolean {
    const { peer, reports } = registrant;
    if (registration.kind === 'agent')
      assertEndpointAllowed(registration.endpoint, registrant, this.config.agentSockets);
    if (peer)
      assertMayRegister(registration, peer, {
        adminName: this.config.name,
        hostName: this.hostName,
        agentOf: (vm) => this.store.agent(vm),
      });
    if (registration.kind === 'agent' && (registration.type.vm === 'Host' || registration.vm === this.hostName))
      this.hostElection.claim(registration.vm, registrant);
    const { unit, type, status } = registration;
    const fields = { unit, type, status, revision: ++this.#revisions };
    if (registration.kind !== 'agent') {
      const entry = { ...fields, ...this.#placeOf(registration) };
      const known = this.store.get(entry.machine, unit);
      this.#setUnit(entry, registration.ending);
      return this.#logNew(entry, known);
    }
    const { vm, endpoint, bootId } = registration;
    const place = { vm, machine: vm, agent: unit };
    const agent: RegisteredAgent = { ...fields, ...place, endpoint, bootId, certifiedAt: peer?.notBefore };
    const known = this.store.agent(vm);
    if (mayWait && this.#throttle.holds(known, agent, { registration, registrant })) return false;
    this.presence.addAgent(agent, reports ? 'reported' : 'registered');
    return this.#logNew(agent, known) || !sameEndpoint(known?.endpoint, endpoint);
  }

  /** Returns whether the entry is new. */
  #logNew({ machine, unit, vm, type }: RegisteredAgent | UnitEntry, known: RegistryEntry | undefined): boolean {
    if (!known) this.#lines.write(machine, 'info', 'registered', { unit, vm, type: type.service });
    return !known;
  }

  /**
   * Asks an agent for the state of a unit and records the answer before it resolves with it, unless the agent reports by
   * itself or the entry has a newer revision by then. What is not registered stays so.
   */
  observe(machine: VmName, unit: UnitName, ask: () => Promise<UnitStatus>): Promise<UnitStatus> {
    return this.#record(machine, unit, ask, { bumpsRevision: false });
  }

  /** As `observe`, for what changes the unit: what an agent was asked before is older than the answer. */
  command(machine: VmName, unit: UnitName, act: () => Promise<UnitStatus>): Promise<UnitStatus> {
    return this.#record(machine, unit, act, { bumpsRevision: true });
  }

  /** The name in the host's certificate, as soon as it is known. */
  get hostName(): VmName | undefined {
    return this.hostElection.name;
  }

  /**
   * Restores the entries of an earlier run of the admin, each by itself, and returns those that were restored; agents are
   * unconfirmed until they report or answer. Without a name the host is the first that was registered as such.
   */
  restore(hostName: VmName | undefined, entries: readonly RegistryEntry[]): readonly RegistryEntry[] {
    const isHost = (entry: RegistryEntry) => isAgent(entry) && entry.type.vm === 'Host';
    this.hostElection.restore(hostName ?? entries.find(isHost)?.machine);
    return entries.filter((entry) => {
      try {
        if (isAgent(entry)) assertPermittedSocket(entry.endpoint, this.config.agentSockets);
        if ((entry.type.vm === 'Host' || entry.type.service === 'VM') && entry.machine !== this.hostName)
          throw new GivcError('PERMISSION_DENIED', `it is of the host, and ${entry.machine} is not`);
        if (isAgent(entry)) this.presence.addAgent(entry, 'restored');
        else this.store.put(entry);
        return true;
      } catch (error) {
        this.log.warn('entry not restored', { unit: entry.unit, vm: entry.vm, error: messageOf(error) });
        return false;
      }
    });
  }

  /** Removes every unit of a machine but its agent and these. */
  forgetOthers(vm: VmName, units: readonly string[]): void {
    const kept = new Set<string>([...units, agentUnit(vm)]);
    for (const entry of [...this.store.entries()])
      if (entry.machine === vm && !kept.has(entry.unit)) this.#remove(entry);
  }

  /** UNAVAILABLE when the machine is known but has no agent, NOT_FOUND when it is unknown. */
  agentOf(vm: VmName): AgentEntry {
    const entry = this.store.agent(vm);
    if (entry) return entry;
    if (this.store.vmEntry(vm)) throw new GivcError('UNAVAILABLE', `VM "${vm}" has no agent: is it running?`);
    throw unknownVm(
      vm,
      [...this.store.entries()].filter((one) => isAgent(one) || one.type.service === 'VM').map((one) => one.vm),
    );
  }

  /** The agent of the host. UNAVAILABLE as long as it has not registered. */
  host(): AgentEntry {
    const entry = this.hostName === undefined ? undefined : this.store.agent(this.hostName);
    if (entry) return entry;
    throw new GivcError('UNAVAILABLE', 'the agent of the host has not registered');
  }

  /** The only machine with a unit of this name. NOT_FOUND when there is none, INVALID_ARGUMENT with their names when there are more. */
  machineOf(field: string, unit: UnitName): VmName {
    const machines = [...this.store.entries()].filter((entry) => entry.unit === unit).map((entry) => entry.machine);
    if (machines.length > 1) throw invalid(field, `${unit} is in ${machines.join(', ')}: name one of them`);
    if (machines[0] === undefined) throw new GivcError('NOT_FOUND', `unit "${unit}" is not registered by any VM`);
    return machines[0];
  }

  /**
   * The running instances that a request names, all of one machine: without a VM, of `<application>-vm` if that has
   * some. NOT_FOUND when there are none.
   */
  instances(selector: InstanceSelector, vm: VmName | undefined): [RegistryEntry, ...RegistryEntry[]] {
    const all = [...this.store.entries()].filter(
      (entry) => entry.type.service === 'App' && (vm === undefined || entry.vm === vm) && selects(selector, entry.unit),
    );
    const ownVm = `${applicationOf(selector)}-vm`;
    const own = all.filter((entry) => entry.vm === ownVm);
    const found = own.length > 0 ? own : all;
    const machines = new Set(found.map((entry) => entry.vm));
    if (machines.size > 1)
      throw invalid('VmName', `${nameOf(selector)} runs in ${[...machines].join(', ')}: name one of them`);
    const [first, ...more] = found;
    if (!first)
      throw new GivcError('NOT_FOUND', `application ${nameOf(selector)} does not run${vm ? ` in VM "${vm}"` : ''}`);
    return [first, ...more];
  }

  /** Holds the lowest number of the application that is free on this machine. */
  reserveInstance(agent: AgentEntry, application: ApplicationName): InstanceReservation {
    let instance = 0;
    while (this.#isTaken(agent.machine, instanceUnit(application, instance))) instance++;
    const unit = instanceUnit(application, instance);
    const key = keyOf({ machine: agent.machine, unit });
    const reservation = { ended: false };
    this.#reserved.set(key, reservation);
    return {
      unit,
      started: (status) => {
        const running =
          instanceOfUnit(status.Name as UnitName)?.application === application ? (status.Name as UnitName) : unit;
        if (reservation.ended || !isAlive(status) || this.presence.of(agent.machine)?.state === 'reporting')
          return running;
        const type: UnitType = { vm: agent.type.vm, service: 'App' };
        const { vm, machine } = agent;
        this.store.put({
          ...{ unit: running, type, status, vm, machine, agent: agent.unit },
          revision: ++this.#revisions,
        });
        return running;
      },
      release: () => void this.#reserved.delete(key),
    };
  }

  /**
   * If the VM's agent registered while the query was open, the answer is ignored: recording the VM as stopped would remove
   * an agent that may never register again.
   */
  async #record(
    machine: VmName,
    unit: UnitName,
    call: () => Promise<UnitStatus>,
    { bumpsRevision }: { readonly bumpsRevision: boolean },
  ): Promise<UnitStatus> {
    const before = this.store.get(machine, unit);
    const runBefore = before && runOf(this.presence.of(before.vm));
    const status = await call();
    const known = this.store.get(machine, unit);
    if (!known || known.revision !== before?.revision || this.presence.of(machine)?.state === 'reporting')
      return status;
    const run = runOf(this.presence.of(known.vm));
    const isOutdated = known.type.service === 'VM' && !isAlive(status) && run !== undefined && run !== runBefore;
    if (isOutdated) return status;
    const news = { status, ...(bumpsRevision && { revision: ++this.#revisions }) };
    if (isAgent(known)) this.store.put({ ...known, ...news });
    else this.#setUnit({ ...known, ...news });
    return status;
  }

  #isTaken(machine: VmName, unit: UnitName): boolean {
    return this.#reserved.has(keyOf({ machine, unit })) || this.store.get(machine, unit) !== undefined;
  }

  /**
   * Records the state of a unit that is not an agent; all of these pass through this method. `stopRequested` is kept until
   * the unit runs again. When a VM is down, its agent and units are removed.
   */
  #setUnit(entry: UnitEntry, ending?: report.Ending): void {
    if (entry.type.service === 'App' && !isAlive(entry.status)) return this.#ended(entry, ending);
    const known = this.store.get(entry.machine, entry.unit);
    const stopRequested = isAlive(entry.status) ? undefined : (ending?.stop_requested ?? known?.stopRequested);
    this.store.put({ ...entry, stopRequested });
    if (entry.type.service === 'VM' && !isAlive(entry.status)) this.store.removeMachine(entry.vm);
  }

  #ended(entry: UnitEntry, ending?: report.Ending): void {
    const reservation = this.#reserved.get(keyOf(entry));
    if (reservation) reservation.ended = true;
    if (this.store.get(entry.machine, entry.unit))
      this.#lines.write(entry.machine, 'info', 'application ended', endingFields(entry, ending));
    const { unit, status } = entry;
    this.store.remove(keyOf(entry), isAlive(status) ? stoppedStatus(unit, status) : status);
  }

  #remove(entry: RegistryEntry): void {
    if (!isAgent(entry) && entry.type.service === 'App') this.#ended(entry);
    else this.store.remove(keyOf(entry));
  }

  /** The machine and the agent of a registration that is not an agent's. */
  #placeOf(registration: Exclude<Registration, { kind: 'agent' }>): Pick<UnitEntry, 'vm' | 'machine' | 'agent'> {
    const { agent } = registration;
    const machine = vmOfAgentUnit(agent)!;
    if (!this.store.get(machine, agent))
      throw new GivcError('NOT_FOUND', `Parent: the agent "${agent}" is not registered`);
    return { vm: registration.kind === 'vm' ? registration.vm : machine, machine, agent };
  }
}
