// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import * as z from 'zod/mini';
import { absent } from '@givc/config';
import { Listeners } from '@givc/events';
import { NewFile, openRegular, removeLeftovers, sha256Of } from '@givc/files';
import { GivcError, messageOf, type PolicyName } from '@givc/model';
import { Log } from '@givc/log';
import { PoliciesConfig } from './policies.config.js';

/** A policy as it is sent to VMs. */
export interface StoredPolicy {
  readonly name: PolicyName;
  readonly path: string;
  /** In hexadecimal. */
  readonly sha256: string;
  /** The text of its `.minisig` file. */
  readonly signature: string | undefined;
}

const origin = z.strictObject({
  url: z.string(),
  sha256: z.string(),
  etag: absent(z.string()),
  lastModified: absent(z.string()),
  head: absent(z.string()),
});

/** The headers with which the web server sent the stored policy. */
export type Origin = z.output<typeof origin>;

const textMax = 4_096;

/**
 * `POLICY_STORE/data/vm-policies/NAME/`: each policy as `policy.bin`, with its signature and its origin beside it.
 * Listeners are called for each policy that changes.
 */
@Injectable()
export class PolicyStore implements OnModuleInit {
  readonly #policies = new Map<PolicyName, StoredPolicy>();
  readonly #changes = new Listeners<[StoredPolicy]>();

  constructor(
    private readonly log: Log,
    private readonly config: PoliciesConfig,
  ) {}

  /** Reads the policies that an earlier run of the admin has stored. */
  async onModuleInit(): Promise<void> {
    for (const name of this.config.policies.keys()) {
      for (const file of ['policy.bin', 'policy.bin.minisig', 'origin.json'])
        await removeLeftovers(this.#path(name, file));
      const sha256 = await sha256Of(this.#path(name), this.config.maxBytes);
      const signature = await this.#text(name, 'policy.bin.minisig');
      if (sha256 !== undefined) this.#policies.set(name, { name, path: this.#path(name), sha256, signature });
    }
  }

  onChange(listener: (policy: StoredPolicy) => void): void {
    this.#changes.add(listener);
  }

  get(name: PolicyName): StoredPolicy | undefined {
    return this.#policies.get(name);
  }

  /**
   * Stores a policy and returns its SHA-256. RESOURCE_EXHAUSTED when it is too large or the disk is full; the policy
   * that was stored before is still there then.
   */
  async put(
    name: PolicyName,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    signature: string | undefined,
  ): Promise<string> {
    const path = this.#path(name);
    const hash = createHash('sha256');
    let bytes = 0;
    const file = await NewFile.create(path, { makeFolder: true });
    try {
      for await (const chunk of content) {
        bytes += chunk.length;
        if (bytes > this.config.maxBytes)
          throw new GivcError('RESOURCE_EXHAUSTED', `it is larger than ${this.config.maxBytes} bytes`);
        hash.update(chunk);
        await file.write(chunk);
      }
      await file.finish();
      const sha256 = hash.digest('hex');
      if (this.#policies.get(name)?.sha256 !== sha256) await file.replace();
      await this.#changed({ name, path, sha256, signature });
      return sha256;
    } finally {
      await file.discard();
    }
  }

  /** Stores a signature for an unchanged policy. */
  async putSignature(name: PolicyName, signature: string | undefined): Promise<void> {
    const known = this.#policies.get(name);
    if (known) await this.#changed({ ...known, signature });
  }

  /** Undefined unless origin.json belongs to the stored policy. */
  async origin(name: PolicyName): Promise<Origin | undefined> {
    const text = await this.#text(name, 'origin.json');
    if (text === undefined) return undefined;
    try {
      const found = z.parse(origin, JSON.parse(text));
      return found.sha256 === this.#policies.get(name)?.sha256 ? found : undefined;
    } catch (error) {
      this.log.warn('a policy is fetched again because its origin.json is damaged', {
        policy: name,
        error: messageOf(error),
      });
      return undefined;
    }
  }

  async setOrigin(name: PolicyName, value: Origin): Promise<void> {
    await NewFile.replaceBy(this.#path(name, 'origin.json'), `${JSON.stringify(value)}\n`, { makeFolder: true });
  }

  async #changed(policy: StoredPolicy): Promise<void> {
    const known = this.#policies.get(policy.name);
    if (known?.sha256 === policy.sha256 && known.signature === policy.signature) return;
    if (known?.signature !== policy.signature)
      await NewFile.replaceBy(this.#path(policy.name, 'policy.bin.minisig'), policy.signature ?? '', {
        makeFolder: true,
      });
    this.#policies.set(policy.name, policy);
    this.log.info('policy stored', { policy: policy.name, sha256: policy.sha256 });
    this.#changes.notify(policy);
  }

  async #text(name: PolicyName, file: string): Promise<string | undefined> {
    const handle = await openRegular(this.#path(name, file), textMax);
    if (!handle) return undefined;
    try {
      return (await readFile(handle, 'utf8')) || undefined;
    } finally {
      await handle.close();
    }
  }

  #path(name: PolicyName, file = 'policy.bin'): string {
    return join(this.config.store, 'data', 'vm-policies', name, file);
  }
}
