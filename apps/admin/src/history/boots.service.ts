// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { queuedCallOf } from '@givc/access';
import { messageOf, type VmName } from '@givc/model';
import { history, type ServerStreamingCall } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { isAgent, type AgentEntry } from '../registry/registry-entry.js';
import { RegistryLookup } from '../registry/registry-lookup.js';
import { RegistryStore } from '../registry/registry-store.js';
import { HistoryQueue } from './history-queue.js';
import { parseBootTimes } from './boot-times.js';

export type ListBootsCall = ServerStreamingCall<history.ListBootsResponse>;

const deadlineMs = 5_000;
/** Measurements of one boot differ by less, unless a clock was set. */
const jitterMs = 1_000;

/** The times of the last boots of machines, from their agents. */
@Injectable()
export class BootsService {
  /** When machines have booted, as measured first: what has happened does not move with the delay of an answer. */
  readonly #bootedAt = new Map<VmName, number>();

  constructor(
    private readonly store: RegistryStore,
    private readonly lookup: RegistryLookup,
    private readonly agents: AgentConnections,
    private readonly queue: HistoryQueue,
  ) {}

  /** Writes each answer to the call when it has come. */
  list(vm: VmName | undefined, call: ListBootsCall): Promise<void> {
    return this.queue.run(queuedCallOf(call), () => this.#list(vm, call));
  }

  async #list(vm: VmName | undefined, call: ListBootsCall): Promise<void> {
    const asked = vm === undefined ? [...this.store.entries()].filter(isAgent) : [this.lookup.agentOf(vm)];
    if (vm === undefined) {
      const known = new Set(asked.map((agent) => agent.vm));
      for (const one of this.#bootedAt.keys()) if (!known.has(one)) this.#bootedAt.delete(one);
    }
    await Promise.all(
      asked.map(async (agent) => {
        const boot = await this.#bootOf(agent);
        if (!call.cancelled && !call.writableEnded) call.write({ boot });
      }),
    );
  }

  async #bootOf({ vm, type }: AgentEntry): Promise<history.MachineBoot> {
    const boot = { vm, vm_type: type.vm, booted_at_ms: 0, times: undefined, error: '' };
    try {
      const agent = this.agents.forShortCall(vm);
      const answer = await agent.call(history.BootServiceService.getBootTimes, {}, { deadlineMs });
      const times = parseBootTimes(answer);
      return {
        ...boot,
        times,
        booted_at_ms: this.#measured(vm, Math.max(0, Math.round(Date.now() - times.now_us / 1_000))),
      };
    } catch (error) {
      return { ...boot, error: messageOf(error) };
    }
  }

  #measured(vm: VmName, bootedAt: number): number {
    const before = this.#bootedAt.get(vm);
    if (before !== undefined && Math.abs(before - bootedAt) < jitterMs) return before;
    this.#bootedAt.set(vm, bootedAt);
    return bootedAt;
  }
}
