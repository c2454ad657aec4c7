import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { agentUnit, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import type { ChannelState } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import type { AgentConnection } from '../agents/agent-connection.js';
import { RegistryStore } from '../registry/registry-store.js';

/** With the 4 s that an agent has to answer, a hang or a cut is noticed within 10 s. */
const probeMs = 5_000;
const probeOfLostMs = 1_000;

/**
 * Marks an agent as lost while its connection is down or nobody answers on it, and takes the mark away afterwards.
 * The end of a connection tells itself; whether an agent hangs can only be asked.
 */
@Injectable()
export class LivenessService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** When each was asked last; for ever in the future while it has not answered. */
  readonly #asked = new WeakMap<AgentConnection, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
    private readonly log: Log,
  ) {
    agents.onState((vm, state) => this.#changed(vm, state));
  }

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => this.#probeAll(), probeOfLostMs);
  }

  onApplicationShutdown(): void {
    clearInterval(this.#timer);
  }

  #changed(vm: VmName, state: ChannelState): void {
    switch (state) {
      case 'READY':
        return this.#mark(vm, false);
      case 'IDLE':
      case 'TRANSIENT_FAILURE':
        return this.#mark(vm, true);
      case 'CONNECTING':
      case 'SHUTDOWN':
        return;
    }
  }

  /** Each agent once at a time: every 5 s, and every second while it is lost. */
  #probeAll(): void {
    const now = performance.now();
    for (const connection of this.agents.all()) {
      if (!connection.isReachable) continue;
      const asked = this.#asked.get(connection);
      const isLost = this.store.get(connection.vm, agentUnit(connection.vm))?.lost ?? false;
      if (asked !== undefined && now - asked < (isLost ? probeOfLostMs : probeMs) - 1) continue;
      this.#asked.set(connection, Infinity);
      void connection.isAlive().then((isAlive) => {
        this.#asked.set(connection, now);
        if (connection.isReachable) this.#mark(connection.vm, !isAlive);
      });
    }
  }

  #mark(vm: VmName, lost: boolean): void {
    const entry = this.store.get(vm, agentUnit(vm));
    if (!entry || (entry.lost ?? false) === lost) return;
    if (lost) this.log.warn('agent lost', { vm, agent: entry.unit });
    else this.log.info('agent back', { vm, agent: entry.unit });
    this.store.put({ ...entry, lost });
  }
}
