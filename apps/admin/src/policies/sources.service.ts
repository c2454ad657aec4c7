// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { GivcError, messageOf, type PolicyName } from '@givc/model';
import { Log } from '@givc/log';
import { GitSource } from './git-source.js';
import { PoliciesConfig } from './policies.config.js';
import { PolicyStore } from './policy-store.js';
import { repeat } from './repeat.js';
import { UrlSource } from './url-source.js';

/**
 * Updates the stored policies from their sources, each at its own interval. A policy that cannot be fetched stays as it
 * is.
 */
@Injectable()
export class SourcesService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #closing = new AbortController();
  readonly #problems = new Map<PolicyName, string>();
  readonly #running: Promise<void>[] = [];

  constructor(
    private readonly store: PolicyStore,
    private readonly log: Log,
    private readonly config: PoliciesConfig,
  ) {}

  /**
   * The error of the last update of this policy from its source; undefined when it succeeded, or there is no source.
   */
  problemOf(name: PolicyName): string | undefined {
    return this.#problems.get(name);
  }

  onApplicationBootstrap(): void {
    const { source, policies } = this.config;
    switch (source.type) {
      case 'none':
        return;
      case 'git-url': {
        const git = new GitSource(source, this.config, this.store);
        return this.#repeat([...policies.keys()], source.poll_interval_secs, (signal) => git.update(signal));
      }
      case 'per-policy':
        for (const [name, { perPolicyUpdater }] of policies) {
          if (!perPolicyUpdater) continue;
          const server = new UrlSource(name, perPolicyUpdater, this.store);
          this.#repeat([name], perPolicyUpdater.poll_interval_secs, async (signal) => {
            await server.update(signal);
            return new Map();
          });
        }
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#running);
  }

  /** `update` resolves with the policies that failed, or rejects when all of `names` failed. */
  #repeat(
    names: readonly PolicyName[],
    intervalSecs: number,
    update: (signal: AbortSignal) => Promise<ReadonlyMap<PolicyName, GivcError>>,
  ): void {
    const attempt = async (signal: AbortSignal): Promise<boolean> => {
      try {
        const failures = await update(signal);
        for (const name of names) this.#setProblem(name, failures.get(name));
        return failures.size === 0;
      } catch (error) {
        if (!signal.aborted) for (const name of names) this.#setProblem(name, error);
        return false;
      }
    };
    this.#running.push(repeat(attempt, intervalSecs * 1_000, this.#closing.signal));
  }

  /** Logs a problem when it changes. */
  #setProblem(name: PolicyName, error: unknown): void {
    const problem = error === undefined ? undefined : messageOf(error);
    if (problem === this.#problems.get(name)) return;
    if (problem === undefined) {
      this.#problems.delete(name);
      this.log.info('the source has the policy again', { policy: name });
    } else {
      this.#problems.set(name, problem);
      this.log.warn('the source does not have the policy', { policy: name, error: problem });
    }
  }
}
