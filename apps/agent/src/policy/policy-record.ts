// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import * as z from 'zod/mini';
import { absent, parseConfig, parsed, readJson } from '@givc/config';
import { NewFile, removeLeftovers, setAside } from '@givc/files';
import { messageOf, parsePolicyName, type PolicyName } from '@givc/model';
import { Log } from '@givc/log';
import { SerialQueue } from '@givc/queue';
import { PolicyConfig } from './policy.config.js';
import type { AcceptedPolicy } from './signed-policy.js';

const age = absent(z.number().check(z.nonnegative()));
const signed = z.strictObject({ sha256: z.string(), version: age, timestamp: age });
const installed = z.strictObject({ sha256: z.string(), installed: z.iso.datetime(), signed: absent(signed) });

const file = parsed(z.record(z.string(), installed), (field, value) => {
  const entries = Object.entries(value).map(([key, one]) => [parsePolicyName(field, key), one] as const);
  return new Map(entries);
});

type Installed = z.output<typeof installed>;

/**
 * `storePath/policies.json`: for each policy its SHA-256 in hexadecimal, the time of its installation, and the
 * signature that was accepted last. Whether a policy has to be installed is decided by the installed files, not by this
 * record.
 */
@Injectable()
export class PolicyRecord implements OnModuleInit {
  readonly #path: string;
  #known: Map<PolicyName, Installed> = new Map();
  readonly #writes = new SerialQueue();

  constructor(
    private readonly log: Log,
    config: PolicyConfig,
  ) {
    this.#path = join(config.storePath, 'policies.json');
  }

  async onModuleInit(): Promise<void> {
    await removeLeftovers(this.#path);
    if (!existsSync(this.#path)) return;
    try {
      this.#known = parseConfig(file, readJson(this.#path)).value;
    } catch (error) {
      this.#setAside(messageOf(error));
    }
  }

  #setAside(error: string): void {
    try {
      const aside = setAside(this.#path);
      this.log.error('the record of policies cannot be read and is set aside', { aside, error });
    } catch (cause) {
      const fields = { error, cause: messageOf(cause) };
      this.log.error('the record of policies can neither be read nor set aside', fields);
    }
  }

  /** The signed policy that was accepted last, by this agent or an earlier one. */
  accepted(name: PolicyName): AcceptedPolicy | undefined {
    return this.#known.get(name)?.signed;
  }

  /**
   * The time is kept for a policy that was already installed; without `signed`, the last accepted signature is kept.
   */
  set(name: PolicyName, sha256: string, isNew: boolean, signed?: AcceptedPolicy): Promise<void> {
    const known = this.#known.get(name);
    const wasFound = !isNew && known?.sha256 === sha256;
    const last = known?.signed;
    const isAccepted = !signed || (last?.version === signed.version && last?.timestamp === signed.timestamp);
    if (wasFound && isAccepted) return Promise.resolve();
    const installed = wasFound ? known.installed : new Date().toISOString();
    this.#known.set(name, { sha256, installed, signed: signed ?? last });
    return this.#writes.run(() =>
      NewFile.replaceBy(this.#path, `${JSON.stringify(Object.fromEntries(this.#known), undefined, 2)}\n`, {
        makeFolder: true,
      }),
    );
  }
}
