// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { GivcError, stoppedStatus, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import type { ChannelState } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { isAnswer, type AgentConnection } from '../agents/agent-connection.js';
import { asOwnWork } from '../agents/on-behalf.js';
import { VmService } from '../lifecycle/vm.service.js';
import type { Presence } from '../registry/agent-presence.js';
import { PresenceService } from '../presence/presence.service.js';
import { isAgent } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { UnitCalls } from '../registry/unit-calls.js';
import { WatchService } from '../registry/watch.service.js';
import { Poller } from './poller.js';

/** The pauses while a client watches or a call waits, and otherwise. */
const eagerMs = 1_000;
const lazyMs = 5_000;
/** The maximum number of open calls to one agent. */
const maxOpenCalls = 8;

/**
 * Polls the units of the agents that do not report, all agents in parallel. An agent that does not answer is lost, and
 * one that answers is present again. An agent that has reported before will report again, so it is asked no more than
 * whether it answers, until it has answered and still does not report at the next poll.
 */
@Injectable()
export class PollingService implements OnApplicationShutdown {
  readonly #pollers = new Map<VmName, Poller>();
  #isClosed = false;

  constructor(
    private readonly calls: UnitCalls,
    private readonly store: RegistryStore,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
    private readonly watches: WatchService,
    private readonly vms: VmService,
  ) {
    presence.onTransition(({ vm, after }) => this.#transition(vm, after));
    // Its machine may have booted unnoticed, and a lost agent is present again when it answers.
    presence.onRegistered(({ machine, presence: now }) => {
      if (now?.state !== 'reporting') this.#pollers.get(machine)?.pollNow();
    });
    agents.onState((vm, state) => this.#channelChanged(vm, state));
  }

  onApplicationShutdown(): void {
    this.#isClosed = true;
    for (const vm of [...this.#pollers.keys()]) this.#stop(vm);
  }

  #transition(vm: VmName, after: Presence | undefined): void {
    if (!after || after.state === 'reporting' || this.#isClosed) return this.#stop(vm);
    if (this.#pollers.has(vm)) return;
    const pauseMs = () => (this.watches.count > 0 || this.vms.isWaiting ? eagerMs : lazyMs);
    this.#pollers.set(vm, new Poller(() => asOwnWork(() => this.#poll(vm)), pauseMs));
  }

  #stop(vm: VmName): void {
    this.#pollers.get(vm)?.stop();
    this.#pollers.delete(vm);
  }

  #channelChanged(vm: VmName, state: ChannelState): void {
    switch (state) {
      case 'READY':
        return this.#pollers.get(vm)?.pollNow();
      case 'IDLE':
      case 'TRANSIENT_FAILURE':
        return this.presence.handle(vm, { kind: 'missed', reason: 'it cannot be connected' });
      case 'CONNECTING':
      case 'SHUTDOWN':
        return;
    }
  }

  async #poll(vm: VmName): Promise<void> {
    const connection = this.agents.all().find((one) => one.vm === vm);
    if (!connection?.isReachable) return;
    const before = this.presence.of(vm);
    const units = this.#unitsToPoll(vm);
    const isPresent = units.length > 0 ? await this.#pollUnits(connection, units) : await connection.answers();
    // A transition meanwhile is newer than the answers.
    if (this.presence.of(vm) !== before || !this.#pollers.has(vm)) return;
    this.presence.handle(vm, isPresent ? { kind: 'answered' } : { kind: 'missed', reason: 'it does not answer' });
  }

  #unitsToPoll(vm: VmName): readonly UnitName[] {
    const agent = this.store.agent(vm);
    // Only reports have a boot id.
    if (agent?.bootId && agent.presence.state !== 'polled') return [];
    return this.store
      .entriesOf(vm)
      .filter((entry) => !isAgent(entry))
      .map(({ unit }) => unit);
  }

  /** Whether the agent answered all calls; an agent that stops answering is not polled any further. */
  async #pollUnits(connection: AgentConnection, units: readonly UnitName[]): Promise<boolean> {
    const left = units.values();
    let answeredAt = -Infinity;
    let isPresent = true;
    const pollRest = async () => {
      for (const unit of left) {
        const startedAt = performance.now();
        if (await this.#pollUnit(connection, unit)) answeredAt = performance.now();
        else if (answeredAt < startedAt) isPresent = false;
        if (!isPresent) return;
      }
    };
    await Promise.all(Array.from({ length: maxOpenCalls }, pollRest));
    return isPresent;
  }

  /** Whether the agent has answered, even with an error. */
  async #pollUnit(connection: AgentConnection, unit: UnitName): Promise<boolean> {
    try {
      await this.calls.observe(connection.vm, unit, () => statusOf(connection, unit));
      return true;
    } catch (error) {
      return isAnswer(error);
    }
  }
}

/** A unit that the agent does not know counts as stopped. */
async function statusOf(connection: AgentConnection, unit: UnitName): Promise<UnitStatus> {
  try {
    return await connection.unitStatus(unit);
  } catch (error) {
    if (isAnswer(error) && (error as GivcError).reason === 'NOT_FOUND')
      return stoppedStatus(unit, { LoadState: 'not-found' });
    throw error;
  }
}
