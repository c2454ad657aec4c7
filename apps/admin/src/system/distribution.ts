// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type VmName } from '@givc/model';
import { Coalesced } from '@givc/queue';
import type { AgentConnection } from '../agents/agent-connection.js';
import type { AgentConnections } from '../agents/agent-connections.js';
import { asOwnWork } from '../agents/on-behalf.js';
import { isUnavailable, settingError, type VmFailure } from './setting-error.js';

/** Sends a setting to every agent, in parallel. An agent that could not be reached is sent it when it is back. */
export class Distribution {
  readonly #deliveries = new Coalesced((vm: VmName) => this.#deliver(vm));
  readonly #pending = new Set<VmName>();

  /** `send` sends the value of the setting at the time of the call. */
  constructor(
    private readonly what: string,
    private readonly agents: AgentConnections,
    private readonly send: (agent: AgentConnection) => Promise<void>,
  ) {}

  /**
   * Resolves once all agents have the setting. Otherwise rejects, when all have answered, with the agents that do not
   * have it and the reasons; lost agents are not waited for. `isRejectedByAll` is true of the error when no agent
   * accepted it and at least one rejected it.
   */
  async toAll(vms: readonly VmName[], lost: readonly VmName[]): Promise<void> {
    const outcomes = await Promise.allSettled(vms.map((vm) => this.to(vm)));
    const failures: VmFailure[] = outcomes.flatMap((outcome, index) =>
      outcome.status === 'rejected' ? [{ vm: vms[index]!, error: outcome.reason as unknown }] : [],
    );
    if (failures.length + lost.length === 0) return;
    const of = vms.length + lost.length;
    const rejectedByAll = failures.length === vms.length && failures.some(({ error }) => !isUnavailable(error));
    const later = rejectedByAll ? '' : '; it gets the setting when it is back';
    for (const vm of lost) {
      this.#pending.add(vm);
      failures.push({ vm, error: new GivcError('UNAVAILABLE', `the agent is lost${later}`) });
    }
    throw settingError(this.what, failures, { of, rejectedByAll });
  }

  /** One call to an agent at a time; a change in the meantime causes one more call afterwards. */
  to(vm: VmName): Promise<void> {
    return this.#deliveries.get(vm);
  }

  /** Whether the agent missed the setting because it could not be reached. */
  isPending(vm: VmName): boolean {
    return this.#pending.has(vm);
  }

  forget(vm: VmName): void {
    this.#pending.delete(vm);
  }

  async #deliver(vm: VmName): Promise<void> {
    this.#pending.delete(vm);
    try {
      await asOwnWork(() => this.send(this.agents.connection(vm)));
    } catch (error) {
      if (isUnavailable(error)) this.#pending.add(vm);
      throw error;
    }
  }
}
