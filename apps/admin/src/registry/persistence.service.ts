import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { messageOf } from '@givc/model';
import { Log } from '@givc/log';
import { HealthStatuses } from '@givc/rpc';
import { AdminConfig } from '../admin.config.js';
import { AgentConnections } from '../agents/agent-connections.js';
import { formatSnapshot, readSnapshot, writeSnapshot, type RegistrySnapshot } from './registry-file.js';
import { RegistryService } from './registry.service.js';
import { RegistryStore } from './registry-store.js';

/** Changes that follow one another are written together. */
const settleMs = 100;
const retryMs = 5_000;
/** A known agent that has neither reported nor answered by then is lost. */
const confirmMs = 1_000;

/** The name under which health tells whether all that was restored is confirmed. */
const registryHealth = 'givc.registry';

/**
 * Keeps the registry in the state directory. After a restart the admin answers at once with what it knew, and asks
 * every agent that it knew.
 */
@Injectable()
export class PersistenceService implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #path: string | undefined;
  #written = '';
  #writing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #confirm: NodeJS.Timeout | undefined;
  #complaint: string | undefined;
  #isClosing = false;

  constructor(
    private readonly registry: RegistryService,
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
    private readonly health: HealthStatuses,
    private readonly log: Log,
    config: AdminConfig,
  ) {
    this.#path = config.stateDirectory && join(config.stateDirectory, 'registry.json');
  }

  /** Before anybody can ask. */
  onModuleInit(): void {
    const snapshot = this.#path === undefined ? undefined : this.#read(this.#path);
    if (snapshot) this.#restore(snapshot);
    this.#showConfirmed();
    this.store.onPut(() => this.#changed());
    this.store.onChange(({ kind }) => {
      if (kind === 'Removed') this.#changed();
    });
  }

  onApplicationBootstrap(): void {
    const restored = this.#unconfirmed();
    for (const { machine } of restored) this.agents.of(machine);
    if (restored.length === 0) return;
    this.#confirm = setTimeout(() => {
      for (const { machine } of this.#unconfirmed()) this.registry.setLost(machine, true);
    }, confirmMs);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#timer);
    clearTimeout(this.#confirm);
    await this.#writing;
    await this.#write();
  }

  #read(path: string): RegistrySnapshot | undefined {
    if (!existsSync(path)) return undefined;
    try {
      return readSnapshot(path);
    } catch (error) {
      const aside = `${path}.damaged`;
      this.log.error('the registry of before cannot be read and is set aside', { aside, error: messageOf(error) });
      try {
        renameSync(path, aside);
      } catch (cause) {
        this.log.error('it cannot be set aside', { error: messageOf(cause) });
      }
      return undefined;
    }
  }

  #restore({ hostName, entries }: RegistrySnapshot): void {
    this.registry.restore(hostName, entries);
    this.log.info('registry restored, not yet confirmed', { entries: entries.length });
  }

  #unconfirmed() {
    return [...this.store.entries()].filter(({ unconfirmed }) => unconfirmed);
  }

  #showConfirmed(): void {
    this.health.set(registryHealth, this.#unconfirmed().length === 0);
  }

  #changed(): void {
    this.#showConfirmed();
    this.#writeLater(settleMs);
  }

  #writeLater(ms: number): void {
    if (this.#path === undefined || this.#isClosing) return;
    this.#timer ??= setTimeout(() => void this.#write(), ms);
  }

  /** One at a time; what changes meanwhile is written afterwards. */
  async #write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#path === undefined) return;
    if (this.#writing) {
      return this.#writeLater(settleMs);
    }
    const text = formatSnapshot({ hostName: this.registry.hostName, entries: [...this.store.entries()] });
    if (text === this.#written) return;
    this.#writing = this.#replace(this.#path, text).finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async #replace(path: string, text: string): Promise<void> {
    try {
      await writeSnapshot(path, text);
      this.#written = text;
      if (this.#complaint !== undefined) this.log.info('the registry is kept again', { path });
      this.#complaint = undefined;
    } catch (error) {
      const complaint = messageOf(error);
      if (complaint !== this.#complaint) this.log.error('the registry cannot be kept', { path, error: complaint });
      this.#complaint = complaint;
      this.#writeLater(retryMs);
    }
  }
}
