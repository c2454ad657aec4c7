// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, messageOf, type PolicyName, type VmName } from '@givc/model';
import type { Log } from '@givc/log';
import { Backoff, pause } from '@givc/time';
import { retries } from './repeat.js';
import type { StoredPolicy } from './policy-store.js';

/** The delivery state of one policy in one VM. */
export interface Delivered {
  readonly sha256?: string;
  /** In milliseconds since 1970. */
  readonly atMs?: number;
  /** The error of the last attempt; undefined when it succeeded. */
  readonly problem?: string | undefined;
}

/** Identifies the content of a policy with its signature. */
const versionOf = ({ sha256, signature = '' }: StoredPolicy): string => `${sha256} ${signature}`;

/**
 * Sends one VM the policies that it lacks, one after the other, while its agent is present. A policy that fails is
 * retried after 1, 2, 4 ... 60 s, and does not delay the others.
 */
export class VmDelivery {
  readonly #delivered = new Map<PolicyName, Delivered>();
  readonly #versions = new Map<PolicyName, string>();
  #presence: unknown;
  #closing = new AbortController();
  #wake = new AbortController();
  #isRunning = false;

  constructor(
    private readonly vm: VmName,
    private readonly wanted: () => readonly StoredPolicy[],
    /** Sends a policy and resolves with the SHA-256 of what was sent. */
    private readonly send: (vm: VmName, policy: StoredPolicy, signal: AbortSignal) => Promise<string>,
    private readonly log: Log,
  ) {}

  of(name: PolicyName): Delivered {
    return this.#delivered.get(name) ?? {};
  }

  /** The agent is present; when `presence` differs from the previous one, it may have lost all policies. */
  present(presence: object | string): void {
    if (presence === this.#presence) return;
    this.#presence = presence;
    this.#versions.clear();
    this.changed();
  }

  absent(): void {
    this.#presence = undefined;
    this.#closing.abort();
  }

  /** Sends policies if any are pending. */
  changed(): void {
    this.#wake.abort();
    if (this.#isRunning || this.#presence === undefined) return;
    this.#isRunning = true;
    void this.#run().finally(() => {
      this.#isRunning = false;
      // The VM came back while the last call to it was ending.
      if (this.#presence !== undefined && this.#missing().length > 0) this.changed();
    });
  }

  async #run(): Promise<void> {
    this.#closing = new AbortController();
    const { signal } = this.#closing;
    // When a machine is back, its connection is dialled again right after the transition.
    await Promise.resolve();
    const backoff = new Backoff(retries);
    while (!signal.aborted) {
      this.#wake = new AbortController();
      let hasFailed = false;
      for (const policy of this.#missing()) {
        if (signal.aborted) return;
        if (!(await this.#deliver(policy, signal))) hasFailed = true;
      }
      if (!hasFailed && this.#missing().length === 0) return;
      if (hasFailed) await pause(backoff.next(), AbortSignal.any([signal, this.#wake.signal]));
      else backoff.reset();
    }
  }

  #missing(): readonly StoredPolicy[] {
    return this.wanted().filter((policy) => this.#versions.get(policy.name) !== versionOf(policy));
  }

  async #deliver(policy: StoredPolicy, signal: AbortSignal): Promise<boolean> {
    const { vm } = this;
    const { name } = policy;
    const before = this.of(name);
    const presence = this.#presence;
    try {
      const sha256 = await this.send(vm, policy, signal);
      if (signal.aborted || this.#presence !== presence) return false;
      this.#delivered.set(name, { sha256, atMs: Date.now() });
      if (sha256 !== policy.sha256)
        throw new GivcError('ABORTED', `${policy.path} is not what was stored; the VM has what is there`);
      this.#versions.set(name, versionOf(policy));
      this.log.info('policy sent', { policy: name, vm, sha256 });
      return true;
    } catch (error) {
      if (signal.aborted) return false;
      const problem = messageOf(error);
      if (problem !== before.problem) this.log.warn('policy not sent', { policy: name, vm, error: problem });
      this.#delivered.set(name, { ...this.of(name), problem });
      return false;
    }
  }
}
