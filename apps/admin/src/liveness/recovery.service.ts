// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Listeners } from '@givc/events';
import { messageOf, type UnitName, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { Backoff, Timeout } from '@givc/time';
import { asOwnWork } from '../agents/on-behalf.js';
import { VmService } from '../lifecycle/vm.service.js';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';
import { LivenessConfig } from './liveness.config.js';

const pauses = { firstMs: 1_000, lastMs: 60_000, atOnce: true };
const healthyMs = 10 * 60 * 1_000;

/** The state of a managed VM. */
type State =
  /** It is stopped, or has not been registered yet. */
  | { readonly state: 'stopped' }
  /** By `performance.now()`. */
  | { readonly state: 'running'; readonly since: number }
  /** It has crashed, and is started when the timeout expires. */
  | { readonly state: 'backoff'; readonly timeout: Timeout }
  /** It has crashed, and a start by the host is pending. */
  | { readonly state: 'starting' };

/** A start of a VM that has crashed. */
export interface Restart {
  readonly vm: VmName;
  /** The backoff before the start; 0 when it has failed. */
  readonly afterMs: number;
  /** How many such starts of this VM there were before. */
  readonly restarts: number;
  /** Why the start has failed; undefined when it is planned. */
  readonly error?: string;
}

interface ManagedVm {
  readonly vm: VmName;
  state: State;
  readonly backoff: Backoff;
  restarts: number;
}

/**
 * Starts managed VMs again when they crash: at once, then after a backoff of 1, 2, 4 ... 60 s, and at once again after
 * ten minutes without a crash. A crash is a unit that is `failed`. A unit that was stopped is `inactive`, or `failed`
 * when it had to be killed; then the host's agent reports that a stop was requested. A VM that was stopped by
 * StopService stays down until it is started again, by this admin or otherwise.
 */
@Injectable()
export class RecoveryService implements OnApplicationShutdown {
  readonly #vms = new Map<UnitName, ManagedVm>();
  readonly #managed: ReadonlySet<string>;
  readonly #restarts = new Listeners<[Restart]>();

  constructor(
    private readonly vms: VmService,
    private readonly log: Log,
    config: LivenessConfig,
    store: RegistryStore,
  ) {
    this.#managed = new Set(config.services);
    if (config.monitoring) store.onPut((entry) => this.#put(entry));
  }

  /** The managed VMs that have been registered, and how often each was started again, successfully or not. */
  *restarts(): IterableIterator<[string, number]> {
    for (const { vm, restarts } of this.#vms.values()) yield [vm, restarts];
  }

  /** Calls the listener when a start is planned, and when it has failed. */
  onRestart(listener: (restart: Restart) => void): void {
    this.#restarts.add(listener);
  }

  onApplicationShutdown(): void {
    for (const managed of this.#vms.values()) this.#setState(managed, { state: 'stopped' });
  }

  #put({ unit, vm, type, status, stopRequested }: RegistryEntry): void {
    if (type.service !== 'VM' || !this.#managed.has(unit)) return;
    let managed = this.#vms.get(unit);
    if (!managed) {
      managed = { vm, state: { state: 'stopped' }, backoff: new Backoff(pauses), restarts: 0 };
      this.#vms.set(unit, managed);
    }
    switch (status.ActiveState) {
      case 'active':
        return this.#runs(managed);
      case 'inactive':
        return this.#setState(managed, { state: 'stopped' });
      case 'failed':
        return this.#failed(managed, stopRequested ?? false);
    }
  }

  #runs(managed: ManagedVm): void {
    if (managed.state.state === 'running') return;
    this.vms.setDesiredState(managed.vm, 'up');
    this.#setState(managed, { state: 'running', since: performance.now() });
  }

  /** The same failure may be recorded in the registry more than once. */
  #failed(managed: ManagedVm, stopRequested: boolean): void {
    const { state, vm } = managed;
    const isStopped = stopRequested || this.vms.isDesiredDown(vm);
    if (!isStopped && (state.state === 'backoff' || state.state === 'starting')) return;
    this.#setState(managed, { state: 'stopped' });
    if (isStopped) return;
    if (state.state === 'running' && performance.now() - state.since >= healthyMs) managed.backoff.reset();
    this.#startLater(managed);
  }

  #setState(managed: ManagedVm, state: State): void {
    if (managed.state.state === 'backoff') managed.state.timeout.cancel();
    managed.state = state;
  }

  #startLater(managed: ManagedVm): void {
    const afterMs = managed.backoff.next();
    this.log.warn('VM crashed, starting it again', { vm: managed.vm, afterMs });
    this.#restarts.notify({ vm: managed.vm, afterMs, restarts: managed.restarts });
    this.#setState(managed, { state: 'backoff', timeout: new Timeout(afterMs, () => void this.#start(managed)) });
  }

  async #start(managed: ManagedVm): Promise<void> {
    const { vm } = managed;
    this.#setState(managed, { state: 'starting' });
    managed.restarts++;
    try {
      await asOwnWork(() => this.vms.start(vm));
    } catch (error) {
      this.log.error('VM cannot be started again', { vm, error: messageOf(error) });
      this.#restarts.notify({ vm, afterMs: 0, restarts: managed.restarts - 1, error: messageOf(error) });
      if (managed.state.state === 'starting' && !this.vms.isDesiredDown(vm)) this.#startLater(managed);
    }
  }
}
