// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Audit, callerKey, isChange, type AuditEvent } from '@givc/access';
import { Listeners } from '@givc/events';
import { Log } from '@givc/log';
import { programVersion, vmUnit } from '@givc/model';
import { RecoveryService } from '../liveness/recovery.service.js';
import { keyOf, type RegistryEntry, type RegistryKey } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { eventOfRemoval, eventsOfPut, storedUnit } from './entry-events.js';
import { EventThrottle } from './event-throttle.js';
import { HistoryConfig } from './history.config.js';
import { HistoryFiles } from './history-files.js';
import { HistoryWriter } from './history-writer.js';
import type { NewEvent, StoredEvent, StoredUnit } from './stored-line.js';

/** The share of one machine or caller: enough for a boot at once, then 720 an hour. */
const share = { burst: 500, everyMs: 5_000 };
const adminRpc = '/admin.AdminService/';
const textMax = 256;

/** Records what happens to the registry, the restarts of VMs, and the commands of callers. */
@Injectable()
export class HistoryRecorder implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #writer: HistoryWriter;
  readonly #throttle = new EventThrottle(share, (key, missed) => this.#recordLast(key as RegistryKey, missed));
  readonly #recorded = new Listeners<[StoredEvent, StoredUnit | undefined]>();

  constructor(
    private readonly store: RegistryStore,
    private readonly audit: Audit,
    private readonly recovery: RecoveryService,
    config: HistoryConfig,
    files: HistoryFiles,
    log: Log,
  ) {
    this.#writer = new HistoryWriter(config, files, () => this.#snapshot(), log);
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#writer.open();
    this.#writer.begin();
    this.#add({ kind: 'started', version: programVersion });
    this.store.onPut((entry, before) => {
      for (const event of eventsOfPut(entry, before)) this.#addOf(entry, event, before);
    });
    this.store.onChange(({ kind, entry }) => {
      if (kind === 'Removed') this.#addOf(entry, eventOfRemoval(entry));
    });
    this.recovery.onRestart(({ vm, ...restart }) =>
      this.#addOfPeer(vm, { kind: 'restarted', vm, unit: vmUnit(vm), ...restart }),
    );
    this.audit.onOutcome((outcome) => this.#command(outcome));
  }

  async onApplicationShutdown(): Promise<void> {
    this.#throttle.close();
    await this.#writer.close();
  }

  /** The number of events that were lost because they could not be written. */
  get dropped(): number {
    return this.#writer.dropped;
  }

  /**
   * Calls the listener for each event when it has happened, with its unit as it was before; undefined for a new unit,
   * and where no unit has changed. Returns a function that removes the listener.
   */
  onEvent(listener: (event: StoredEvent, before: StoredUnit | undefined) => void): () => void {
    return this.#recorded.add(listener);
  }

  /** Resolves with the number of the last event before the call, once it can be read. */
  async flushed(): Promise<number> {
    const { number } = this.#writer;
    await this.#writer.flush();
    return number;
  }

  #snapshot(): StoredUnit[] {
    return Array.from(this.store.entries(), storedUnit);
  }

  #add(event: NewEvent, missed?: number, before?: RegistryEntry): void {
    const stored = this.#writer.add(event, missed);
    if (this.#recorded.size > 0) this.#recorded.notify(stored, before && storedUnit(before));
  }

  #addOf(entry: RegistryEntry, event: NewEvent, before?: RegistryEntry): void {
    const missed = this.#throttle.take(entry.machine, keyOf(entry));
    if (missed !== undefined) this.#add(event, missed, before);
  }

  #addOfPeer(peer: string, event: NewEvent): void {
    const missed = this.#throttle.take(peer);
    if (missed !== undefined) this.#add(event, missed);
  }

  /** Of a unit whose events were too many. */
  #recordLast(key: RegistryKey, missed: number): void {
    const [machine = '', unit = ''] = key.split('/');
    const entry = this.store.get(machine as RegistryEntry['machine'], unit as RegistryEntry['unit']);
    if (entry) this.#add({ kind: 'registered', ...storedUnit(entry) }, missed);
    else this.#add({ kind: 'removed', vm: machine, unit, machine, state: '' }, missed);
  }

  #command({ caller, rpc = '', request = {}, answer, ms = 0, reason, traceId }: AuditEvent): void {
    if (!rpc.startsWith(adminRpc) || !isChange(rpc)) return;
    const text = (name: string): string => String(request[name] ?? '').slice(0, textMax);
    const key = callerKey(caller).slice(0, textMax);
    this.#addOfPeer(`caller ${key}`, {
      kind: 'command',
      vm: text('VmName'),
      unit: text('ServiceName') || text('AppName'),
      caller: key,
      method: rpc.slice(adminRpc.length),
      answer,
      ms: Math.round(ms),
      ...(reason !== undefined && { reason: reason.slice(0, textMax) }),
      ...(traceId !== undefined && { trace: traceId }),
    });
  }
}
