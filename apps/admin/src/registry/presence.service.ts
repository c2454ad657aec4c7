import { Injectable } from '@nestjs/common';
import { agentUnit, isAlive, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { MachineLog } from './machine-log.js';
import { nextPresence, runOf, type PresenceEvent, type Presence } from './presence.js';
import { isAgent, type RegistryEntry } from './registry-entry.js';
import { RegistryStore } from './registry-store.js';

/** The presence of an agent has become another one. */
export interface Transition {
  readonly vm: VmName;
  readonly before: Presence | undefined;
  /** Undefined when the agent has left the registry. */
  readonly after: Presence | undefined;
}

/** Whether the agent may have forgotten what it was sent before, or was never sent it. */
export function startsRun({ before, after }: Transition): boolean {
  const run = runOf(after);
  return run !== undefined && run !== runOf(before);
}

type TransitionListener = (transition: Transition) => void;
type RegistrationListener = (entry: RegistryEntry, before: Presence | undefined) => void;

/**
 * Which agents are there. All news of an agent comes in here, by whichever way, and whatever waits for an agent listens
 * to the transitions.
 */
@Injectable()
export class PresenceService {
  readonly #onTransition = new Set<TransitionListener>();
  readonly #onRegistered = new Set<RegistrationListener>();
  readonly #lostSince = new Map<VmName, Date>();
  readonly #lines: MachineLog;

  constructor(
    private readonly store: RegistryStore,
    log: Log,
  ) {
    this.#lines = new MachineLog(log);
    store.onChange(({ kind, entry }) => {
      if (kind === 'Removed' && isAgent(entry)) this.#emit(entry.machine, entry.presence, undefined);
    });
  }

  /** Undefined when no agent of this machine is registered. */
  of(vm: VmName): Presence | undefined {
    return this.store.get(vm, agentUnit(vm))?.presence;
  }

  /** Why and since when the agent of a machine is lost, as a person reads it; undefined when it is not. */
  lostReason(vm: VmName): string | undefined {
    const presence = this.of(vm);
    if (presence?.state !== 'lost') return undefined;
    const since = this.#lostSince
      .get(vm)
      ?.toISOString()
      .replace(/\.\d+Z$/, 'Z');
    return `the agent of ${vm} is lost${since ? ` since ${since}` : ''}: ${presence.reason}`;
  }

  /** An agent says who it is, or an earlier run of the admin knew it: the entry is put into the registry. */
  addAgent(entry: RegistryEntry, kind: 'reported' | 'registered' | 'restored'): void {
    this.#become(entry, { kind });
  }

  /** Nothing changes when no agent of this machine is registered. */
  handle(vm: VmName, news: Extract<PresenceEvent, { readonly kind: 'answered' | 'missed' | 'streamEnded' }>): void {
    const entry = this.store.get(vm, agentUnit(vm));
    if (entry) this.#become(entry, news);
  }

  /** Calls the listener after each transition, once the registry has it. Returns how to stop listening. */
  onTransition(listener: TransitionListener): () => void {
    this.#onTransition.add(listener);
    return () => this.#onTransition.delete(listener);
  }

  /** Calls the listener when an agent registers or begins to report, before the transition that follows from that. */
  onRegistered(listener: RegistrationListener): void {
    this.#onRegistered.add(listener);
  }

  #become(entry: RegistryEntry, news: PresenceEvent): void {
    const { machine, unit, bootId, endpoint } = entry;
    const known = this.store.get(machine, unit);
    const before = known?.presence;
    const after = nextPresence(before, news, { bootId, endpoint });
    if (after === before && entry === known) return;
    // One whose VM does not run is not lost but gone.
    if (after?.state === 'lost' && this.#isDown(machine)) return this.store.removeMachine(machine);
    if (after?.state === 'lost' && before?.state !== 'lost') this.#lostSince.set(machine, new Date());
    this.#log(entry, before, after);
    const now = { ...entry, presence: after };
    this.store.put(now);
    if (news.kind === 'registered' || news.kind === 'reported')
      for (const listener of [...this.#onRegistered]) listener(now, before);
    if (after !== before) this.#emit(machine, before, after);
  }

  /** Whether the host says so, whose word is old unless it reports. */
  #isDown(vm: VmName): boolean {
    const unit = this.store.vmEntry(vm);
    return unit !== undefined && !isAlive(unit.status) && this.of(unit.machine)?.state === 'reporting';
  }

  #log({ machine: vm, unit: agent }: RegistryEntry, before: Presence | undefined, after: Presence | undefined): void {
    if (after === before) return;
    if (after?.state === 'lost') this.#lines.write(vm, 'warn', 'agent lost', { vm, agent, reason: after.reason });
    else if (before?.state === 'lost') this.#lines.write(vm, 'info', 'agent back', { vm, agent });
  }

  #emit(vm: VmName, before: Presence | undefined, after: Presence | undefined): void {
    if (after?.state !== 'lost') this.#lostSince.delete(vm);
    for (const listener of [...this.#onTransition]) listener({ vm, before, after });
  }
}
