import { Injectable } from '@nestjs/common';
import {
  agentUnit,
  GivcError,
  instanceOfUnit,
  instanceUnit,
  invalid,
  isAlive,
  sameEndpoint,
  vmOfAgentUnit,
  vmUnit,
  type ApplicationName,
  type InstanceSelector,
  type UnitName,
  type UnitStatus,
  type UnitType,
  type VmName,
} from '@givc/model';
import type { Peer } from '@givc/access';
import { Log, type Fields } from '@givc/log';
import type { report } from '@givc/rpc';
import { AdminConfig } from '../admin.config.js';
import { keyOf, type RegistryEntry } from './registry-entry.js';
import { RegistryStore } from './registry-store.js';
import { assertMayRegister } from './registration-rights.js';
import type { Registration } from './registration.js';

/** An instance number that nobody else gets while it is held. */
export interface InstanceReservation {
  readonly unit: UnitName;
  /** Puts the started application into the registry, unless its agent has already told that it ended. */
  started(status: UnitStatus): void;
  release(): void;
}

/** Who registers, and how. */
export interface Registrant {
  /** Undefined when TLS is off: then everybody is believed. */
  readonly peer: Peer | undefined;
  /** It will tell each change by itself. */
  readonly reports: boolean;
}

/** What is registered, and what was known of it before. */
type RegistrationListener = (entry: RegistryEntry, before: RegistryEntry | undefined) => void;

/** What is true of every machine, agent, unit and running application, as far as their agents have told. */
@Injectable()
export class RegistryService {
  readonly #reserved = new Map<string, { ended: boolean }>();
  readonly #listeners = new Set<RegistrationListener>();
  #hostName: VmName | undefined;

  constructor(
    readonly store: RegistryStore,
    private readonly log: Log,
    private readonly config: AdminConfig,
  ) {
    this.#hostName = config.hostName;
  }

  /**
   * Takes over what an agent tells of itself or of one of its units, and returns whether it was unknown or is elsewhere now.
   * PERMISSION_DENIED when it is not the registrant's to tell, NOT_FOUND when it names an unknown agent.
   */
  register(registration: Registration, { peer, reports }: Registrant): boolean {
    if (peer) this.#assertMayRegister(registration, peer);
    const told = { ...this.#entryOf(registration), certifiedAt: peer?.notBefore, reportedAt: performance.now() };
    const known = this.store.get(told.machine, told.unit);
    // An agent that does not report and was lost is back when it can be reached, not when it says so.
    const entry: RegistryEntry = {
      ...told,
      reports: reports || known?.reports,
      lost: !reports && (known?.lost ?? false),
      stopAsked: isAlive(told.status) ? undefined : (registration.ending?.Asked ?? known?.stopAsked),
    };
    if (known?.lost && !entry.lost) this.log.info('agent back', { vm: entry.vm, agent: entry.unit });
    if (entry.type.service === 'App' && !isAlive(entry.status)) this.#ended(entry, registration.ending);
    else this.store.put(entry);
    if (!known) this.log.info('registered', { unit: entry.unit, vm: entry.vm, type: entry.type.service });
    if (entry.type.service === 'VM' && !isAlive(entry.status)) this.removeMachine(entry.vm);
    for (const listener of [...this.#listeners]) listener(entry, known);
    return !known || !sameEndpoint(known.endpoint, entry.endpoint);
  }

  /** Hears of each registration, also of one that changes nothing. Returns how to stop listening. */
  onRegistered(listener: RegistrationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks an agent for a state, or has it change one, and records the answer before it resolves with it, unless the agent
   * reports by itself or has reported something newer since it was asked. What is not registered stays so.
   */
  async observe(machine: VmName, unit: UnitName, ask: () => Promise<UnitStatus>): Promise<UnitStatus> {
    const askedAt = performance.now();
    const status = await ask();
    this.#answered(machine, unit, status, askedAt);
    return status;
  }

  /** Whose certificate is the host's, as soon as that is known. */
  get hostName(): VmName | undefined {
    return this.#hostName;
  }

  /** Takes over what an earlier run of the admin knew; its agents are unconfirmed until they report or answer. */
  restore(hostName: VmName | undefined, entries: readonly RegistryEntry[]): void {
    this.#hostName ??= hostName;
    for (const entry of entries) this.store.put({ ...entry, unconfirmed: entry.type.service === 'Mgr' });
  }

  /** Marks an agent as lost, whatever it said last, or as back. One whose VM does not run is not lost but gone. */
  setLost(vm: VmName, lost: boolean): void {
    const entry = this.store.get(vm, agentUnit(vm));
    if (!entry || ((entry.lost ?? false) === lost && !entry.unconfirmed)) return;
    if (lost && this.#isDown(vm)) return this.removeMachine(vm);
    if (lost && !entry.lost) this.log.warn('agent lost', { vm, agent: entry.unit });
    if (!lost && entry.lost) this.log.info('agent back', { vm, agent: entry.unit });
    this.store.put({ ...entry, lost, unconfirmed: false });
  }

  /** The stream of an agent's reports has ended: it is lost until it reports again or answers. */
  reportsEnded(vm: VmName): void {
    const entry = this.store.get(vm, agentUnit(vm));
    if (!entry?.reports) return;
    this.setLost(vm, true);
    const left = this.store.get(vm, agentUnit(vm));
    if (left) this.store.put({ ...left, reports: false });
  }

  /** Takes every unit of a machine out of the registry but its agent and these. */
  forgetOthers(vm: VmName, units: readonly string[]): void {
    const kept = new Set<string>([...units, agentUnit(vm)]);
    for (const entry of [...this.store.entries()])
      if (entry.machine === vm && !kept.has(entry.unit)) this.#remove(entry);
  }

  /** Takes a machine's agent and its units out of the registry; the unit of the host that runs it stays. */
  removeMachine(vm: VmName): void {
    for (const entry of [...this.store.entries()]) if (entry.machine === vm) this.store.remove(keyOf(entry));
  }

  /** UNAVAILABLE when the machine is known but has no agent, NOT_FOUND when nobody knows it. */
  agentOf(vm: VmName): RegistryEntry {
    const entry = this.store.get(vm, agentUnit(vm));
    if (entry) return entry;
    if (this.vmEntry(vm)) throw new GivcError('UNAVAILABLE', `VM "${vm}" has no agent: is it running?`);
    throw new GivcError('NOT_FOUND', `VM "${vm}" is unknown: "query-list" shows those that are known`);
  }

  /** The agent of the host. UNAVAILABLE as long as it has not registered. */
  host(): RegistryEntry {
    for (const entry of this.store.entries())
      if (entry.type.vm === 'Host' && entry.type.service === 'Mgr') return entry;
    throw new GivcError('UNAVAILABLE', 'the agent of the host has not registered');
  }

  /** The unit of the host that runs this VM, if one is registered. */
  vmEntry(vm: VmName): RegistryEntry | undefined {
    const unit = vmUnit(vm);
    for (const entry of this.store.entries()) if (entry.unit === unit && entry.type.service === 'VM') return entry;
    return undefined;
  }

  /** The only machine with a unit of this name. NOT_FOUND when there is none, INVALID_ARGUMENT with their names when there are more. */
  machineOf(field: string, unit: UnitName): VmName {
    const machines = [...this.store.entries()].filter((entry) => entry.unit === unit).map((entry) => entry.machine);
    if (machines.length > 1) throw invalid(field, `${unit} is in ${machines.join(', ')}: name one of them`);
    if (machines[0] === undefined) throw new GivcError('NOT_FOUND', `unit "${unit}" is not registered by any VM`);
    return machines[0];
  }

  /** The running instances that a request means; all are of one machine. NOT_FOUND when there are none. */
  instances(selector: InstanceSelector, vm: VmName | undefined): [RegistryEntry, ...RegistryEntry[]] {
    const found = [...this.store.entries()].filter(
      (entry) => entry.type.service === 'App' && (vm === undefined || entry.vm === vm) && selects(selector, entry.unit),
    );
    const machines = new Set(found.map((entry) => entry.vm));
    if (machines.size > 1)
      throw invalid('VmName', `${nameOf(selector)} runs in ${[...machines].join(', ')}: name one of them`);
    const [first, ...more] = found;
    if (!first)
      throw new GivcError('NOT_FOUND', `application ${nameOf(selector)} does not run${vm ? ` in VM "${vm}"` : ''}`);
    return [first, ...more];
  }

  /** Holds the lowest number of the application that is free on this machine. */
  reserveInstance(agent: RegistryEntry, application: ApplicationName): InstanceReservation {
    let instance = 0;
    while (this.#isTaken(agent.machine, instanceUnit(application, instance))) instance++;
    const unit = instanceUnit(application, instance);
    const key = keyOf({ machine: agent.machine, unit });
    const reservation = { ended: false };
    this.#reserved.set(key, reservation);
    return {
      unit,
      started: (status) => {
        if (reservation.ended || this.#reports(agent.machine)) return;
        const type: UnitType = { vm: agent.type.vm, service: 'App' };
        this.store.put({ unit, type, status, vm: agent.vm, machine: agent.machine, agent: agent.unit });
      },
      release: () => void this.#reserved.delete(key),
    };
  }

  /** Without a configured name the first agent of a host that registers is the host's, as long as this admin runs. */
  #assertMayRegister(registration: Registration, peer: Peer): void {
    assertMayRegister(registration, peer, {
      adminName: this.config.name,
      hostName: this.#hostName,
      agentOf: (vm) => this.store.get(vm, agentUnit(vm)),
    });
    if (registration.kind !== 'agent' || registration.type.vm !== 'Host' || this.#hostName) return;
    this.#hostName = registration.vm;
    this.log.warn('this is the host, because it came first: --host-name makes that certain', { vm: registration.vm });
  }

  /** Whether the host says so, which is believed while it can be reached. */
  #isDown(vm: VmName): boolean {
    const unit = this.vmEntry(vm);
    const host = unit && this.store.get(unit.machine, unit.agent);
    return host !== undefined && !host.lost && !host.unconfirmed && !isAlive(unit!.status);
  }

  #reports(machine: VmName): boolean {
    return this.store.get(machine, agentUnit(machine))?.reports ?? false;
  }

  #isTaken(machine: VmName, unit: UnitName): boolean {
    return this.#reserved.has(keyOf({ machine, unit })) || this.store.get(machine, unit) !== undefined;
  }

  #answered(machine: VmName, unit: UnitName, status: UnitStatus, askedAt: number): void {
    if (this.#reports(machine)) return;
    const known = this.store.get(machine, unit);
    if (!known || (known.reportedAt ?? -Infinity) > askedAt) return;
    if (known.type.service === 'App' && !isAlive(status)) this.#ended(known);
    else this.store.put({ ...known, status, stopAsked: isAlive(status) ? undefined : known.stopAsked });
  }

  #ended(entry: RegistryEntry, ending?: report.Ending): void {
    const reservation = this.#reserved.get(keyOf(entry));
    if (reservation) reservation.ended = true;
    if (this.store.get(entry.machine, entry.unit)) this.log.info('application ended', endingFields(entry, ending));
    this.store.remove(keyOf(entry));
  }

  #remove(entry: RegistryEntry): void {
    if (entry.type.service === 'App') this.#ended(entry);
    else this.store.remove(keyOf(entry));
  }

  #entryOf(registration: Registration): RegistryEntry {
    const { unit, type, status } = registration;
    if (registration.kind === 'agent') {
      const { vm, endpoint, bootId } = registration;
      return { unit, type, status, vm, machine: vm, agent: unit, endpoint, bootId };
    }
    const machine = vmOfAgentUnit(registration.agent)!;
    if (!this.store.get(machine, registration.agent))
      throw new GivcError('NOT_FOUND', `Parent: the agent "${registration.agent}" is not registered`);
    const vm = registration.kind === 'vm' ? registration.vm : machine;
    return { unit, type, status, vm, machine, agent: registration.agent };
  }
}

function selects(selector: InstanceSelector, unit: UnitName): boolean {
  return selector.kind === 'one' ? unit === selector.unit : instanceOfUnit(unit)?.application === selector.application;
}

const nameOf = (selector: InstanceSelector): string =>
  JSON.stringify(selector.kind === 'one' ? selector.unit : selector.application);

/** Whether it was stopped, closed itself or crashed, and with what status, as far as its agent has said. */
function endingFields({ unit, vm }: RegistryEntry, ending: report.Ending | undefined): Fields {
  if (!ending) return { unit, vm };
  const crashed = ending.Result !== 'success';
  const how = ending.Asked ? 'stopped' : crashed ? 'crashed' : 'closed itself';
  return { unit, vm, how, result: ending.Result, status: ending.Status };
}
