// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { messageOf, type VmName } from '@givc/model';
import { Log, LogOnce } from '@givc/log';
import { HealthStatuses } from '@givc/rpc';
import { Timeout } from '@givc/time';
import { AgentConnections } from '../agents/agent-connections.js';
import { ThrottledWriter, type WriteOutcome } from './throttled-writer.js';
import { PresenceService } from '../presence/presence.service.js';
import { isAgent } from '../registry/registry-entry.js';
import { parseSnapshot } from './registry-snapshot.js';
import { SnapshotPieces } from './snapshot-pieces.js';
import { HostElection } from '../registry/host-election.js';
import { RegistryRestorer } from './registry-restorer.js';
import { RegistryStorage } from './registry-storage.js';
import { RegistryStore } from '../registry/registry-store.js';

/**
 * The restored agents that have neither reported nor answered are lost when none has done so for the first of these
 * times, or after the second one.
 */
const [confirmMs, longestConfirmMs] = [1_000, 5_000];

/** The health of this name is SERVING once all restored agents are confirmed. */
const registryHealth = 'givc.registry';

/**
 * Keeps the registry in the storage. After a restart the admin answers at once with the restored entries and dials
 * their agents.
 */
@Injectable()
export class PersistenceService implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #writes: ThrottledWriter;
  /** The machines whose agents were restored and have not reported, answered or left the registry since. */
  readonly #unconfirmed = new Set<VmName>();
  readonly #pieces = new SnapshotPieces();
  #written: readonly string[] = [];
  /** The two times that `confirmMs` and `longestConfirmMs` limit. */
  #confirm: readonly Timeout[] = [];
  readonly #problems = new LogOnce();

  constructor(
    private readonly restorer: RegistryRestorer,
    private readonly hostElection: HostElection,
    private readonly store: RegistryStore,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
    private readonly health: HealthStatuses,
    private readonly log: Log,
    private readonly storage: RegistryStorage,
  ) {
    this.#writes = new ThrottledWriter(() => this.#write());
  }

  /** Runs before the server accepts calls. */
  onModuleInit(): void {
    const snapshot = this.#read();
    if (snapshot) this.#restore(snapshot);
    this.health.set(registryHealth, this.#unconfirmed.size === 0);
    this.presence.onTransition(({ vm, after }) => {
      if (after?.state !== 'unconfirmed') this.#confirmed(vm);
    });
    this.store.onPut(() => this.#writes.changed());
    this.store.onChange(({ kind }) => {
      if (kind === 'Removed') this.#writes.changed();
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.storage.clean();
    for (const machine of [...this.#unconfirmed]) this.#dial(machine);
    if (this.#unconfirmed.size === 0) return;
    const lose = (): void => {
      for (const timeout of this.#confirm) timeout.cancel();
      for (const machine of this.#unconfirmed)
        this.presence.handle(machine, { kind: 'missed', reason: 'it is silent' });
    };
    this.#confirm = [new Timeout(confirmMs, lose), new Timeout(longestConfirmMs, lose)];
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timeout of this.#confirm) timeout.cancel();
    await this.#writes.close();
  }

  #read(): ReturnType<typeof parseSnapshot> | undefined {
    try {
      const json = this.storage.read();
      return json === undefined ? undefined : parseSnapshot(json);
    } catch (error) {
      const problem = messageOf(error);
      try {
        const aside = this.storage.setAside();
        this.log.error('the stored registry cannot be read and is set aside', { aside, error: problem });
      } catch (cause) {
        const fields = { error: problem, cause: messageOf(cause) };
        this.log.error('the stored registry can neither be read nor set aside', fields);
      }
      return undefined;
    }
  }

  #restore({ hostName, entries, warnings }: ReturnType<typeof parseSnapshot>): void {
    for (const warning of warnings) this.log.warn('registry not restored as a whole', { warning });
    const restored = this.restorer.restore(hostName, entries);
    for (const entry of restored) if (isAgent(entry)) this.#unconfirmed.add(entry.machine);
    this.log.info('registry restored, not yet confirmed', { entries: restored.length });
  }

  /** A failure of one agent must not prevent the start of the admin or the dialling of the others. */
  #dial(vm: VmName): void {
    try {
      this.agents.connection(vm);
    } catch (error) {
      this.log.error('agent cannot be dialled', { vm, error: messageOf(error) });
      this.presence.handle(vm, { kind: 'missed', reason: 'it cannot be dialled' });
    }
  }

  #confirmed(vm: VmName): void {
    if (!this.#unconfirmed.delete(vm)) return;
    this.health.set(registryHealth, this.#unconfirmed.size === 0);
    if (this.#unconfirmed.size > 0) this.#confirm[0]?.restart();
    else for (const timeout of this.#confirm) timeout.cancel();
  }

  async #write(): Promise<WriteOutcome> {
    const pieces = this.#pieces.of(this.hostElection.name, this.store.blocks);
    if (isSame(pieces, this.#written)) return 'same';
    try {
      await this.storage.write(pieces.join(''));
      this.#written = pieces;
      if (this.#problems.end('write')) this.log.info('the registry is stored again');
      return 'written';
    } catch (error) {
      const problem = messageOf(error);
      if (this.#problems.isNew('write', problem)) this.log.error('the registry cannot be stored', { error: problem });
      return 'failed';
    }
  }
}

const isSame = (one: readonly string[], another: readonly string[]): boolean =>
  one.length === another.length && one.every((piece, index) => piece === another[index]);
