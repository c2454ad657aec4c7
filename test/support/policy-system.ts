// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TestSystem, type AgentOptions, type TestAgent } from '@givc/testing';
import { listedPolicy, type ListedPolicy } from '../../apps/cli/src/policies/listed-policy.js';

export const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');

/** An admin that sends policies, and the machines that get them. Close it at the end. */
export class PolicySystem {
  readonly folder = mkdtempSync(join(tmpdir(), 'givc-policies-'));
  /** The folder in which the admin keeps policies. */
  readonly store = join(this.folder, 'store');
  system!: TestSystem;

  async start(config: object): Promise<void> {
    this.system = await TestSystem.start({ tls: false, policies: { config, store: this.store } });
  }

  /** The path at which a machine has the policy `firewall`. */
  placeOf(vm: string): string {
    return join(this.folder, vm, 'rules.json');
  }

  /** Starts the agent of a machine, which accepts the policy `firewall` unless `policy` is set. */
  startVm(vm: string, { policy, ...options }: AgentOptions & { policy?: object } = {}): Promise<TestAgent> {
    mkdirSync(dirname(this.placeOf(vm)), { recursive: true });
    const policies = { firewall: this.placeOf(vm) };
    const capability = { enable: true, storePath: join(this.folder, vm, 'store'), policies, ...policy };
    return this.system.startAgent(vm, { ...options, capabilities: { policy: capability } });
  }

  /** Resolves once the policy of this machine has this content. */
  installed(vm: string, content: string): Promise<void> {
    const place = this.placeOf(vm);
    return new Promise((resolve) => {
      const look = () => {
        if (!existsSync(place) || readFileSync(place, 'utf8') !== content) return;
        watcher.close();
        resolve();
      };
      const watcher = watch(dirname(place), look);
      look();
    });
  }

  /** Polls until a policy is listed like this, and resolves with it. */
  async untilListed(expected: { readonly [Key in keyof ListedPolicy]?: string | RegExp }): Promise<ListedPolicy> {
    const client = this.system.client();
    for (;;) {
      const { policies } = await client.listPolicies();
      const found = policies.map(listedPolicy).find((one) =>
        Object.entries(expected).every(([key, value]) => {
          const actual = one[key as keyof ListedPolicy];
          return typeof value === 'string' ? actual === value : value.test(actual ?? '');
        }),
      );
      if (found) return found;
    }
  }

  async close(): Promise<void> {
    await this.system.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
