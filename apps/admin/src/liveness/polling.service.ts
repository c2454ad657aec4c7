import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { agentUnit, GivcError, stoppedStatus, type VmName } from '@givc/model';
import type { ChannelState } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import type { AgentConnection } from '../agents/agent-connection.js';
import { VmService } from '../lifecycle/vm.service.js';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryService } from '../registry/registry.service.js';
import { RegistryStore } from '../registry/registry-store.js';
import { WatchService } from '../registry/watch.service.js';

/** While somebody watches or waits, and otherwise. */
const [eagerMs, lazyMs] = [1_000, 5_000];

/**
 * Asks the agents that do not report how their units are, all agents side by side, each once at a time. One that does not
 * answer is lost, one that answers is back.
 */
@Injectable()
export class PollingService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** When each was asked last, by `performance.now()`; for ever in the future while it has not answered. */
  readonly #asked = new WeakMap<AgentConnection, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly registry: RegistryService,
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
    private readonly watches: WatchService,
    private readonly vms: VmService,
  ) {
    agents.onState((vm, state) => this.#changed(vm, state));
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#askAll(), eagerMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #changed(vm: VmName, state: ChannelState): void {
    if (this.#reports(vm)) return;
    switch (state) {
      case 'READY':
        return this.#askOne(this.agents.of(vm));
      case 'IDLE':
      case 'TRANSIENT_FAILURE':
        return this.registry.setLost(vm, true);
      case 'CONNECTING':
      case 'SHUTDOWN':
        return;
    }
  }

  #askAll(): void {
    const isEager = this.watches.count > 0 || this.vms.isWaiting;
    const before = performance.now() - (isEager ? eagerMs : lazyMs) + 1;
    for (const connection of this.agents.all())
      if (connection.isReachable && !this.#reports(connection.vm) && (this.#asked.get(connection) ?? 0) <= before)
        this.#askOne(connection);
  }

  #askOne(connection: AgentConnection): void {
    const started = performance.now();
    if ((this.#asked.get(connection) ?? 0) > started) return;
    this.#asked.set(connection, Infinity);
    const { vm } = connection;
    const units = [...this.store.entries()].filter(({ machine, type }) => machine === vm && type.service !== 'Mgr');
    const answers = units.length > 0 ? units.map((entry) => this.#ask(connection, entry)) : [this.#greet(connection)];
    void Promise.all(answers).then((isThere) => {
      this.#asked.set(connection, started);
      if (!this.#reports(vm)) this.registry.setLost(vm, !isThere.includes(true));
    });
  }

  /** Whether the agent has answered, with whatever. */
  async #ask(connection: AgentConnection, { machine, unit }: RegistryEntry): Promise<boolean> {
    try {
      this.registry.observe(machine, unit, await connection.unitStatus(unit));
      return true;
    } catch (error) {
      const isThere = isAnswer(error);
      if (isThere && (error as GivcError).reason === 'NOT_FOUND')
        this.registry.observe(machine, unit, stoppedStatus(unit, { LoadState: 'not-found' }));
      return isThere;
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

  #reports(vm: VmName): boolean {
    return this.store.get(vm, agentUnit(vm))?.reports ?? false;
  }
}

const isAnswer = (error: unknown): boolean => error instanceof GivcError && error.reason !== 'UNAVAILABLE';
