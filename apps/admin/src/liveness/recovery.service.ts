import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { messageOf, type UnitName, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import { Timeout } from '@givc/time';
import { AdminConfig } from '../admin.config.js';
import { asOwnWork } from '../agents/on-behalf.js';
import { VmService } from '../lifecycle/vm.service.js';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const healthyMs = 10 * 60 * 1_000;

/** What a managed VM does, as far as that matters to its recovery. */
type State =
  /** It is stopped, or has not been seen yet. */
  | { readonly state: 'stopped' }
  /** By `performance.now()`. */
  | { readonly state: 'running'; readonly since: number }
  /** It has crashed, and is started when the backoff is over. */
  | { readonly state: 'backoff'; readonly pause: Timeout }
  /** It has crashed, and the host has been asked to start it. */
  | { readonly state: 'starting' };

interface ManagedVm {
  readonly vm: VmName;
  state: State;
  /** How long to wait before the next start. */
  pauseMs: number;
  restarts: number;
}

/**
 * Starts the VMs that the admin looks after again when they crash: at once, then after 1, 2, 4 ... 60 s; after ten
 * minutes of health at once again. systemd calls a unit `failed` that crashed; one that was stopped, by whomever, is
 * `inactive`, unless it had to be killed; that somebody asked for its end is known of every one whose agent reports. What a
 * StopService has ended stays down in any case, until it is started, by whomever.
 */
@Injectable()
export class RecoveryService implements OnApplicationShutdown {
  readonly #vms = new Map<UnitName, ManagedVm>();
  readonly #managed: ReadonlySet<string>;

  constructor(
    private readonly vms: VmService,
    private readonly log: Log,
    config: AdminConfig,
    store: RegistryStore,
  ) {
    this.#managed = new Set(config.services);
    if (config.monitoring) store.onPut((entry) => this.#put(entry));
  }

  /** The managed VMs that have been seen, and how often each was started again, successfully or not. */
  *restarts(): IterableIterator<[string, number]> {
    for (const { vm, restarts } of this.#vms.values()) yield [vm, restarts];
  }

  onApplicationShutdown(): void {
    for (const managed of this.#vms.values()) this.#become(managed, { state: 'stopped' });
  }

  #put({ unit, vm, type, status, stopAsked }: RegistryEntry): void {
    if (type.service !== 'VM' || !this.#managed.has(unit)) return;
    let managed = this.#vms.get(unit);
    if (!managed) this.#vms.set(unit, (managed = { vm, state: { state: 'stopped' }, pauseMs: 0, restarts: 0 }));
    switch (status.ActiveState) {
      case 'active':
        return this.#runs(managed);
      case 'inactive':
        return this.#become(managed, { state: 'stopped' });
      case 'failed':
        return this.#failed(managed, stopAsked ?? false);
    }
  }

  /** A unit that was started on request is to run. */
  #runs(managed: ManagedVm): void {
    if (managed.state.state === 'running') return;
    this.vms.mean(managed.vm, 'up');
    this.#become(managed, { state: 'running', since: performance.now() });
  }

  /** The registry may hear of the same failure more than once. */
  #failed(managed: ManagedVm, stopAsked: boolean): void {
    const { state, vm } = managed;
    const isStopped = stopAsked || this.vms.isMeantToBeDown(vm);
    if (!isStopped && (state.state === 'backoff' || state.state === 'starting')) return;
    this.#become(managed, { state: 'stopped' });
    if (isStopped) return;
    const wasHealthy = state.state === 'running' && performance.now() - state.since >= healthyMs;
    this.#startLater(managed, wasHealthy ? 0 : managed.pauseMs);
  }

  #become(managed: ManagedVm, state: State): void {
    if (managed.state.state === 'backoff') managed.state.pause.cancel();
    managed.state = state;
  }

  #startLater(managed: ManagedVm, pauseMs: number): void {
    this.log.warn('VM crashed, starting it again', { vm: managed.vm, afterMs: pauseMs });
    managed.pauseMs = Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
    this.#become(managed, { state: 'backoff', pause: new Timeout(pauseMs, () => void this.#start(managed)) });
  }

  async #start(managed: ManagedVm): Promise<void> {
    const { vm } = managed;
    this.#become(managed, { state: 'starting' });
    managed.restarts++;
    try {
      await asOwnWork(() => this.vms.start(vm));
    } catch (error) {
      this.log.error('VM cannot be started again', { vm, error: messageOf(error) });
      if (managed.state.state === 'starting' && !this.vms.isMeantToBeDown(vm))
        this.#startLater(managed, managed.pauseMs);
    }
  }
}
