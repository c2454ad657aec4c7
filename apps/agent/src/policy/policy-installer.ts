// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { lstat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { makeFolder, NewFile, removeLeftovers, sha256Of } from '@givc/files';
import { GivcError, systemErrorText, type PolicyName } from '@givc/model';
import { SerialQueue } from '@givc/queue';
import { PolicyConfig } from './policy.config.js';
import { PolicyRecord } from './policy-record.js';
import { assertNotOlder, type SignedVersion } from './signed-policy.js';

/** Installs policies at `storePath/NAME/policy.bin` and at their destinations; each file is replaced as a whole. */
@Injectable()
export class PolicyInstaller implements OnModuleInit {
  /** One installation at a time for each policy. */
  readonly #installations = new Map<PolicyName, SerialQueue>();

  constructor(
    private readonly config: PolicyConfig,
    private readonly record: PolicyRecord,
  ) {}

  async onModuleInit(): Promise<void> {
    for (const [name, destination] of this.config.policies) {
      await removeLeftovers(this.#stored(name));
      if (destination !== '') await removeLeftovers(destination);
    }
  }

  /** Opens the file that an arriving policy is written to. FAILED_PRECONDITION when the store cannot be written. */
  async begin(name: PolicyName): Promise<NewFile> {
    const folder = dirname(this.#stored(name));
    try {
      await makeFolder(folder, 0o755);
    } catch (error) {
      throw new GivcError('FAILED_PRECONDITION', `cannot make ${folder}: ${systemErrorText(error)}`, { cause: error });
    }
    if (!(await lstat(folder)).isDirectory())
      throw new GivcError('FAILED_PRECONDITION', `${folder}: it must be a folder, not a link to one`);
    return NewFile.create(this.#stored(name));
  }

  /**
   * Installs a policy that has arrived, unless both files have it already, and returns whether that was necessary.
   * PERMISSION_DENIED when it is signed and older than the last accepted one.
   */
  install(name: PolicyName, incoming: NewFile, sha256: string, age?: SignedVersion): Promise<boolean> {
    const queue = this.#installations.get(name) ?? new SerialQueue();
    this.#installations.set(name, queue);
    return queue.run(() => this.#install(name, incoming, sha256, age));
  }

  /** Nothing is replaced before the disk has the whole policy. */
  async #install(name: PolicyName, incoming: NewFile, sha256: string, age?: SignedVersion): Promise<boolean> {
    const accepted = age && { ...age, sha256 };
    if (accepted) assertNotOlder(name, this.record.accepted(name), accepted);
    const { policies, maxBytes } = this.config;
    const stored = this.#stored(name);
    const destination = policies.get(name) ?? '';
    const paths = destination === '' ? [stored] : [destination, stored];
    const found = await Promise.all(paths.map((path) => sha256Of(path, maxBytes)));
    const isNew = found.some((one) => one !== sha256);
    if (isNew) {
      const installed = destination === '' ? undefined : await incoming.copyFor(destination, { makeFolder: true });
      try {
        await installed?.replace();
        await incoming.replace();
      } finally {
        await installed?.discard();
      }
    }
    await this.record.set(name, sha256, isNew, accepted);
    return isNew;
  }

  #stored(name: PolicyName): string {
    return join(this.config.storePath, name, 'policy.bin');
  }
}
