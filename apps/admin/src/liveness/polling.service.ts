import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { agentUnit, GivcError, stoppedStatus, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import type { ChannelState } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import type { AgentConnection } from '../agents/agent-connection.js';
import { VmService } from '../lifecycle/vm.service.js';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryService } from '../registry/registry.service.js';
import { RegistryStore } from '../registry/registry-store.js';
import { WatchService } from '../registry/watch.service.js';
import { Rounds } from './rounds.js';

/** While somebody watches or waits, and otherwise. */
const [eagerMs, lazyMs] = [1_000, 5_000];
/** To one agent. */
const maxOpenQuestions = 8;

/**
 * Asks the agents that do not report how their units are, all agents side by side. One that does not answer is lost, one
 * that answers is back. While all agents report, nothing happens here.
 */
@Injectable()
export class PollingService implements OnApplicationShutdown {
  readonly #rounds = new Map<VmName, Rounds>();
  #isClosed = false;

  constructor(
    private readonly registry: RegistryService,
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
    private readonly watches: WatchService,
    private readonly vms: VmService,
  ) {
    store.onPut((entry) => {
      if (entry.type.service === 'Mgr') this.#put(entry);
    });
    store.onChange(({ kind, entry }) => {
      if (kind === 'Removed' && entry.type.service === 'Mgr') this.#stop(entry.machine);
    });
    agents.onState((vm, state) => this.#changed(vm, state));
  }

  onApplicationShutdown(): void {
    this.#isClosed = true;
    for (const vm of [...this.#rounds.keys()]) this.#stop(vm);
  }

  #put({ machine, reports }: RegistryEntry): void {
    if (reports || this.#isClosed) return this.#stop(machine);
    if (this.#rounds.has(machine)) return;
    const pauseMs = () => (this.watches.count > 0 || this.vms.isWaiting ? eagerMs : lazyMs);
    this.#rounds.set(machine, new Rounds(() => this.#round(machine), pauseMs));
  }

  #stop(vm: VmName): void {
    this.#rounds.get(vm)?.stop();
    this.#rounds.delete(vm);
  }

  #changed(vm: VmName, state: ChannelState): void {
    const rounds = this.#rounds.get(vm);
    if (!rounds) return;
    switch (state) {
      case 'READY':
        return rounds.begin();
      case 'IDLE':
      case 'TRANSIENT_FAILURE':
        return this.registry.setLost(vm, true);
      case 'CONNECTING':
      case 'SHUTDOWN':
        return;
    }
  }

  async #round(vm: VmName): Promise<void> {
    const connection = this.agents.all().find((one) => one.vm === vm);
    if (!connection?.isReachable) return;
    const units = [...this.store.entries()]
      .filter(({ machine, type }) => machine === vm && type.service !== 'Mgr')
      .map(({ unit }) => unit);
    const isThere = units.length > 0 ? await this.#askAll(connection, units) : await this.#greet(connection);
    if (this.#rounds.has(vm)) this.registry.setLost(vm, !isThere);
  }

  /** Whether the agent went on answering to the end; one that falls silent is not asked any further. */
  async #askAll(connection: AgentConnection, units: readonly UnitName[]): Promise<boolean> {
    const left = units.values();
    let answeredAt = -Infinity;
    let isThere = true;
    const askOnes = async () => {
      for (const unit of left) {
        const askedAt = performance.now();
        if (await this.#ask(connection, unit)) answeredAt = performance.now();
        else if (answeredAt < askedAt) isThere = false;
        if (!isThere) return;
      }
    };
    await Promise.all(Array.from({ length: maxOpenQuestions }, askOnes));
    return isThere;
  }

  /** Whether the agent has answered, with whatever. */
  async #ask(connection: AgentConnection, unit: UnitName): Promise<boolean> {
    try {
      await this.registry.observe(connection.vm, unit, () => statusOf(connection, unit));
      return true;
    } catch (error) {
      return isAnswer(error);
    }
  }

  /** The agent's own unit, which every agent is willing to talk about. */
  async #greet(connection: AgentConnection): Promise<boolean> {
    try {
      await connection.unitStatus(agentUnit(connection.vm));
      return true;
    } catch (error) {
      return isAnswer(error);
    }
  }
}

/** A unit that the agent says it has not counts as stopped. */
async function statusOf(connection: AgentConnection, unit: UnitName): Promise<UnitStatus> {
  try {
    return await connection.unitStatus(unit);
  } catch (error) {
    if (isAnswer(error) && (error as GivcError).reason === 'NOT_FOUND')
      return stoppedStatus(unit, { LoadState: 'not-found' });
    throw error;
  }
}

const isAnswer = (error: unknown): boolean => error instanceof GivcError && error.reason !== 'UNAVAILABLE';
