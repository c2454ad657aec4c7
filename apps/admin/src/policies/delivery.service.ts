// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { openRegular } from '@givc/files';
import { GivcError, type PolicyName, quoted, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { policyadmin, policySignature } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { runOf, type Presence } from '../registry/agent-presence.js';
import { PresenceService } from '../presence/presence.service.js';
import { PoliciesConfig } from './policies.config.js';
import { PolicyStore, type StoredPolicy } from './policy-store.js';
import { VmDelivery, type Delivered } from './vm-delivery.js';

const deadlineMs = 120_000;
const chunkBytes = 64 * 1024;

/**
 * Sends policies to the VMs that subscribe: what has changed at once, and everything to a VM whose agent is new, was
 * lost or has booted again. Each VM has one call at a time and does not delay the others. A VM that is down gets its
 * policies when its agent registers.
 */
@Injectable()
export class DeliveryService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #vms = new Map<VmName, VmDelivery>();
  readonly #policies;

  constructor(
    private readonly store: PolicyStore,
    private readonly agents: AgentConnections,
    private readonly presence: PresenceService,
    log: Log,
    config: PoliciesConfig,
  ) {
    this.#policies = config.policies;
    for (const vm of new Set([...this.#policies.values()].flatMap(({ vms }) => vms)))
      this.#vms.set(
        vm,
        new VmDelivery(
          vm,
          () => this.#wantedBy(vm),
          (...what) => this.#send(...what),
          log,
        ),
      );
    store.onChange(({ name }) => {
      for (const vm of this.#policies.get(name)?.vms ?? []) this.#vms.get(vm)?.changed();
    });
    presence.onTransition(({ vm, after }) => this.#transition(vm, after));
  }

  onApplicationBootstrap(): void {
    for (const vm of this.#vms.keys()) this.#transition(vm, this.presence.of(vm));
  }

  onApplicationShutdown(): void {
    for (const delivery of this.#vms.values()) delivery.absent();
  }

  deliveredTo(vm: VmName, name: PolicyName): Delivered {
    return this.#vms.get(vm)?.of(name) ?? {};
  }

  #transition(vm: VmName, after: Presence | undefined): void {
    const run = runOf(after);
    if (run) this.#vms.get(vm)?.present(run);
    else this.#vms.get(vm)?.absent();
  }

  #wantedBy(vm: VmName): StoredPolicy[] {
    const names = [...this.#policies].filter(([, { vms }]) => vms.includes(vm)).map(([name]) => name);
    return names.map((name) => this.store.get(name)).filter((policy) => policy !== undefined);
  }

  async #send(vm: VmName, policy: StoredPolicy, signal: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    const answer = await this.agents
      .connection(vm)
      .send(policyadmin.PolicyAdminService.streamPolicy, this.#chunks(policy, hash), {
        deadlineMs,
        signal,
        metadata: policySignature(policy.signature),
        enabledBy: 'capabilities.policy.enable',
      });
    if (answer.Status !== 'Success')
      throw new GivcError('INTERNAL', `${vm}: its agent answers ${quoted(answer.Status)}`);
    return hash.digest('hex');
  }

  async *#chunks(
    { name, path }: StoredPolicy,
    hash: ReturnType<typeof createHash>,
  ): AsyncGenerator<policyadmin.StreamPolicyRequest> {
    const handle = await openRegular(path, Infinity);
    if (!handle) throw new GivcError('UNAVAILABLE', `policy "${name}": ${path} cannot be read`);
    try {
      yield { policy_name: name, policy_chunk: Buffer.alloc(0) };
      for await (const chunk of handle.createReadStream({ highWaterMark: chunkBytes, autoClose: false })) {
        hash.update(chunk as Buffer);
        yield { policy_name: '', policy_chunk: chunk as Buffer };
      }
    } finally {
      // Also reached when the agent answers, or the call ends, before everything is sent.
      await handle.close();
    }
  }
}
