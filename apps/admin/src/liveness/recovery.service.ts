import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { messageOf, vmOfVmUnit, type UnitName } from '@givc/model';
import { Log } from '@givc/log';
import { AdminConfig } from '../admin.config.js';
import { VmService } from '../lifecycle/vm.service.js';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryStore } from '../registry/registry-store.js';

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;
const healthyMs = 10 * 60 * 1_000;

interface Patient {
  /** How long to wait before the next start. */
  pauseMs: number;
  restarts: number;
  timer?: NodeJS.Timeout | undefined;
  /** Since when it runs, by `performance.now()`; undefined once it has ended. */
  runsSince?: number | undefined;
  /** It has crashed, and nothing has started or stopped it since. */
  hasCrashed: boolean;
}

/**
 * Starts the VMs that the admin looks after again when they crash: at once, then after 1, 2, 4 ... 60 s; after ten
 * minutes of health at once again. systemd calls a unit `failed` that crashed; one that was stopped, by whomever, is
 * `inactive`, unless it had to be killed; that somebody asked for its end is known of every one whose agent reports. What a
 * StopService has ended stays down in any case, until it is started, by whomever.
 */
@Injectable()
export class RecoveryService implements OnApplicationShutdown {
  readonly #patients = new Map<UnitName, Patient>();
  readonly #cared: ReadonlySet<string>;

  constructor(
    private readonly vms: VmService,
    private readonly log: Log,
    config: AdminConfig,
    store: RegistryStore,
  ) {
    this.#cared = new Set(config.services);
    if (config.monitoring) store.onPut((entry) => this.#put(entry));
  }

  /** The VMs that the admin looks after and has seen, and how often it has started each again, successful or not. */
  *restarts(): IterableIterator<[string, number]> {
    for (const [unit, { restarts }] of this.#patients) yield [vmOfVmUnit(unit) ?? unit, restarts];
  }

  onApplicationShutdown(): void {
    for (const { timer } of this.#patients.values()) clearTimeout(timer);
  }

  #put({ unit, vm, type, status, stopAsked }: RegistryEntry): void {
    if (type.service !== 'VM' || !this.#cared.has(unit)) return;
    let patient = this.#patients.get(unit);
    if (!patient) this.#patients.set(unit, (patient = { pauseMs: 0, restarts: 0, hasCrashed: false }));
    const { runsSince } = patient;
    patient.hasCrashed = status.ActiveState === 'failed' && !stopAsked;
    switch (status.ActiveState) {
      case 'active':
        // Whoever has started it wants it to run.
        if (runsSince === undefined) this.vms.mean(vm, 'up');
        patient.runsSince ??= performance.now();
        return this.#cancelStart(patient);
      case 'inactive':
        patient.runsSince = undefined;
        return this.#cancelStart(patient);
      case 'failed': {
        patient.runsSince = undefined;
        if (!patient.hasCrashed || patient.timer || this.vms.isMeantToBeDown(vm)) return;
        const wasHealthy = runsSince !== undefined && performance.now() - runsSince >= healthyMs;
        return this.#startLater({ unit, vm }, patient, wasHealthy ? 0 : patient.pauseMs);
      }
    }
  }

  #cancelStart(patient: Patient): void {
    clearTimeout(patient.timer);
    patient.timer = undefined;
  }

  #startLater(entry: Pick<RegistryEntry, 'unit' | 'vm'>, patient: Patient, pauseMs: number): void {
    const { vm } = entry;
    this.log.warn('VM crashed, starting it again', { vm, afterMs: pauseMs });
    patient.pauseMs = Math.min(Math.max(pauseMs * 2, firstPauseMs), longestPauseMs);
    patient.timer = setTimeout(() => {
      patient.timer = undefined;
      patient.restarts++;
      this.vms.start(vm).catch((error: unknown) => {
        this.log.error('VM cannot be started again', { vm, error: messageOf(error) });
        if (!patient.timer && patient.hasCrashed && !this.vms.isMeantToBeDown(vm))
          this.#startLater(entry, patient, patient.pauseMs);
      });
    }, pauseMs);
  }
}
