// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Listeners } from '@givc/events';
import { isAlive, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { MachineLog } from '../registry/machine-log.js';
import { runOf, type Presence } from '../registry/agent-presence.js';
import { nextPresence, type PresenceEvent } from './presence.js';
import { isAgent, type AgentEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';

/** A change of the presence of an agent. */
export interface Transition {
  readonly vm: VmName;
  readonly before: Presence | undefined;
  /** Undefined when the agent has left the registry. */
  readonly after: Presence | undefined;
}

/** Whether a new run of the agent has begun, in which it may have lost everything that it was sent before. */
export function startsRun({ before, after }: Transition): boolean {
  const run = runOf(after);
  return run !== undefined && run !== runOf(before);
}

/** A registered agent without its presence, which this service adds. */
export type RegisteredAgent = Omit<AgentEntry, 'presence'>;

/**
 * The presence of each agent. Every observation of an agent is passed to this service; code that waits for an agent
 * listens to the transitions.
 */
@Injectable()
export class PresenceService {
  readonly #transitions = new Listeners<[Transition]>();
  readonly #registrations = new Listeners<[entry: AgentEntry, before: Presence | undefined]>();
  readonly #lostSince = new Map<VmName, Date>();
  readonly #machineLog: MachineLog;

  constructor(
    private readonly store: RegistryStore,
    log: Log,
  ) {
    // Separate from the log of units, so that the loss of an agent is not coalesced with events of its applications.
    this.#machineLog = new MachineLog(log);
    store.onChange(({ kind, entry }) => {
      if (kind === 'Removed' && isAgent(entry)) this.#emit(entry.machine, entry.presence, undefined);
    });
  }

  /** Undefined when no agent of this machine is registered. */
  of(vm: VmName): Presence | undefined {
    return this.store.agent(vm)?.presence;
  }

  /** The reason and the time of the loss of a machine's agent, for messages; undefined when it is not lost. */
  lostReason(vm: VmName): string | undefined {
    const presence = this.of(vm);
    if (presence?.state !== 'lost') return undefined;
    const since = this.#lostSince
      .get(vm)
      ?.toISOString()
      .replace(/\.\d+Z$/, 'Z');
    return `the agent of ${vm} is lost${since ? ` since ${since}` : ''}: ${presence.reason}`;
  }

  /** Puts an agent into the registry that has registered, has begun to report, or was restored. */
  addAgent(entry: RegisteredAgent, kind: 'reported' | 'registered' | 'restored'): void {
    this.#become(entry, { kind });
  }

  /** Passes on an observation; has no effect when no agent of this machine is registered. */
  handle(vm: VmName, event: Extract<PresenceEvent, { readonly kind: 'answered' | 'missed' | 'streamEnded' }>): void {
    const entry = this.store.agent(vm);
    if (entry) this.#become(entry, event);
  }

  /**
   * Calls the listener after each transition, once the registry has it. Returns a function that removes the listener.
   */
  onTransition(listener: (transition: Transition) => void): () => void {
    return this.#transitions.add(listener);
  }

  /** Calls the listener when an agent registers or begins to report, before the resulting transition. */
  onRegistered(listener: (entry: AgentEntry, before: Presence | undefined) => void): void {
    this.#registrations.add(listener);
  }

  #become(entry: RegisteredAgent, event: PresenceEvent): void {
    const { machine, bootId, endpoint } = entry;
    const known = this.store.agent(machine);
    const before = known?.presence;
    const after = nextPresence(before, event, { bootId, endpoint });
    if (!after || (after === before && entry === known)) return;
    // An agent whose VM does not run leaves the registry.
    if (after.state === 'lost' && this.#isDown(machine)) return this.store.removeMachine(machine);
    if (after.state === 'lost' && before?.state !== 'lost') this.#lostSince.set(machine, new Date());
    this.#log(entry, before, after);
    const now = { ...entry, presence: after };
    this.store.put(now);
    if (event.kind === 'registered' || event.kind === 'reported') this.#registrations.notify(now, before);
    if (after !== before) this.#emit(machine, before, after);
  }

  /** Whether the host reports that the VM does not run; the state is outdated when the host does not report. */
  #isDown(vm: VmName): boolean {
    const unit = this.store.vmEntry(vm);
    return unit !== undefined && !isAlive(unit.status) && this.of(unit.machine)?.state === 'reporting';
  }

  #log({ machine: vm, unit: agent }: RegisteredAgent, before: Presence | undefined, after: Presence): void {
    if (after === before) return;
    if (after.state === 'lost') this.#machineLog.warn(vm, 'agent lost', { vm, agent, reason: after.reason });
    else if (before?.state === 'lost') this.#machineLog.info(vm, 'agent back', { vm, agent });
  }

  #emit(vm: VmName, before: Presence | undefined, after: Presence | undefined): void {
    if (after?.state !== 'lost') this.#lostSince.delete(vm);
    this.#transitions.notify({ vm, before, after });
  }
}
