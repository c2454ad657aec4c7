// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { GivcError, invalid, parsePolicyName, type PolicyName } from '@givc/model';
import { noteChange, queuedCallOf } from '@givc/access';
import { FairQueue, type Slot } from '@givc/queue';
import { policySignatureOf, type ClientStreamingCall, type policyadmin } from '@givc/rpc';
import { Log } from '@givc/log';
import { AgentSettings } from '../config/agent-settings.js';
import { messagesOf } from './messages.js';
import { PolicyConfig } from './policy.config.js';
import { PolicyInstaller } from './policy-installer.js';
import { assertSigned } from './signed-policy.js';

export type PolicyCall = ClientStreamingCall<policyadmin.StreamPolicyRequest>;

/** The disk needs room for this many unfinished policies; the admin's deadline for each is two minutes. */
const limits = {
  name: 'the policies that arrive',
  slots: 8,
  ofCaller: 4,
  waiting: 8,
  waitMs: 60_000,
  stallMs: 15_000,
  deadlineMs: 110_000,
  fix: 'send it again later',
};

/**
 * Receives the policies that the configuration names; each has to be complete and, where the configuration requires it,
 * signed.
 */
@Injectable()
export class PolicyService implements OnApplicationShutdown {
  readonly #queue: FairQueue;
  readonly #receiving = new Set<Promise<void>>();

  constructor(
    private readonly config: PolicyConfig,
    private readonly installer: PolicyInstaller,
    private readonly log: Log,
    settings: AgentSettings,
  ) {
    this.#queue = new FairQueue({ ...limits, relay: settings.relay });
  }

  /**
   * Resolves once the policy is installed, or when it was already. When this rejects, the previous policy is still
   * installed: INVALID_ARGUMENT for a policy that is not configured, PERMISSION_DENIED for one whose signature is not
   * accepted or that is older than the previous one, RESOURCE_EXHAUSTED for one that is too large or while too many
   * arrive at once, DEADLINE_EXCEEDED when no byte arrives for 15 s, or not all within 110 s.
   */
  receive(call: PolicyCall): Promise<void> {
    return this.#queue.run(queuedCallOf(call), (slot) => this.#track(this.#receive(call, slot)));
  }

  /**
   * Resolves once the policies that were being installed are installed and recorded; their calls have already ended.
   */
  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.#receiving);
  }

  async #track(received: Promise<void>): Promise<void> {
    this.#receiving.add(received);
    try {
      await received;
    } finally {
      this.#receiving.delete(received);
    }
  }

  async #receive(call: PolicyCall, slot: Slot): Promise<void> {
    const messages = messagesOf<policyadmin.StreamPolicyRequest>(call, slot);
    const first = await messages.next();
    if (first.done) throw invalid('policy_name', 'the stream has no message');
    const name = this.#parseName(first.value);
    noteChange(call, { policy_name: name });

    const { maxBytes, publicKey, requireName } = this.config;
    const [sha256, blake2b] = [createHash('sha256'), createHash('blake2b512')];
    let bytes = 0;
    const incoming = await this.installer.begin(name);
    try {
      for (
        let next: typeof first | IteratorResult<policyadmin.StreamPolicyRequest, void> = first;
        !next.done;
        next = await messages.next()
      ) {
        const { policy_name, policy_chunk } = next.value;
        if (policy_name !== '' && policy_name !== name)
          throw invalid('policy_name', `the stream began with ${name}, so another name may not follow`);
        slot.progress(policy_chunk.length);
        bytes += policy_chunk.length;
        if (bytes > maxBytes)
          throw new GivcError('RESOURCE_EXHAUSTED', `policy "${name}": it is larger than ${maxBytes} bytes`);
        sha256.update(policy_chunk);
        if (publicKey) blake2b.update(policy_chunk);
        await incoming.write(policy_chunk);
      }
      await incoming.finish();
      const age =
        publicKey && assertSigned(name, { publicKey, requireName }, policySignatureOf(call.metadata), blake2b.digest());
      const hash = sha256.digest('hex');
      noteChange(call, { policy_name: name, sha256: hash, bytes });
      const isNew = await this.installer.install(name, incoming, hash, age);
      if (isNew) this.log.info('policy installed', { policy: name, sha256: hash, bytes, version: age?.version });
    } finally {
      await incoming.discard();
    }
  }

  #parseName({ policy_name }: policyadmin.StreamPolicyRequest): PolicyName {
    const name = parsePolicyName('policy_name', policy_name);
    if (!this.config.policies.has(name))
      throw invalid('policy_name', `policy "${name}" is not in capabilities.policy.policies of this agent`);
    return name;
  }
}
