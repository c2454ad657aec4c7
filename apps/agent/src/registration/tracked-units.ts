// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Listeners } from '@givc/events';
import {
  GivcError,
  isAlive,
  stoppedStatus,
  type ServiceType,
  type UnitName,
  type UnitStatus,
  type VmType,
} from '@givc/model';
import { Systemd, type Ending, type UnitWatch } from '@givc/systemd';

/** A unit that is reported to the admin. */
export interface TrackedUnit {
  readonly unit: UnitName;
  readonly vm: VmType;
  readonly service: Exclude<ServiceType, 'Mgr'>;
  readonly status: UnitStatus;
  /** The ending of a service that does not run. */
  readonly ending?: Ending;
  /** The time at which systemd signalled the status, in milliseconds since 1970; 0 when the status was requested. */
  readonly sinceMs: number;
}

/** The units that are reported to the admin, each with the state that systemd signalled last. */
@Injectable()
export class TrackedUnits implements OnApplicationShutdown {
  readonly #units = new Map<UnitName, { current: TrackedUnit; watch?: UnitWatch }>();
  readonly #changes = new Listeners<[TrackedUnit]>();

  constructor(private readonly systemd: Systemd) {}

  /** Calls the listener for each change, in the order of systemd's signals. */
  onChange(listener: (tracked: TrackedUnit) => void): void {
    this.#changes.add(listener);
  }

  /** The state that systemd signalled last; a unit that is not tracked counts as stopped. */
  lastStatusOf(unit: UnitName): UnitStatus {
    return this.#units.get(unit)?.current.status ?? stoppedStatus(unit);
  }

  /** Whether this is an application that runs, or is being started. */
  hasApplication(unit: UnitName): boolean {
    return this.#units.get(unit)?.current.service === 'App';
  }

  *all(): IterableIterator<TrackedUnit> {
    for (const { current } of this.#units.values()) yield current;
  }

  /**
   * Tracks a unit from now on; resolves once no change can be missed. An application is tracked until it has ended, and
   * its last change is reported.
   */
  async track(unit: UnitName, vm: VmType, service: TrackedUnit['service']): Promise<void> {
    if (this.#units.has(unit)) return;
    const row: { current: TrackedUnit; watch?: UnitWatch } = {
      current: { unit, vm, service, status: stoppedStatus(unit), sinceMs: 0 },
    };
    this.#units.set(unit, row);
    try {
      row.watch = await this.systemd.watchUnit(unit, (status, ending) => this.#changed(row, status, ending));
      const before = row.current.status;
      const status = await this.#readStatus(unit);
      if (row.current.status === before) row.current = { ...row.current, status };
    } catch (error) {
      this.untrack(unit);
      throw error;
    }
  }

  untrack(unit: UnitName): void {
    this.#units.get(unit)?.watch?.close();
    this.#units.delete(unit);
  }

  onApplicationShutdown(): void {
    for (const unit of [...this.#units.keys()]) this.untrack(unit);
  }

  #changed(row: { current: TrackedUnit }, status: UnitStatus, ending?: Ending): void {
    const { service, status: before } = row.current;
    if (sameReport(before, status)) {
      // The signal is newer than a pending answer, even when it does not change the known state.
      row.current = { ...row.current, status };
      return;
    }
    row.current = {
      ...row.current,
      status,
      sinceMs: Date.now(),
      ending,
    };
    const ended = service === 'App' && isAlive(before) && !isAlive(status);
    if (ended) this.untrack(row.current.unit);
    // The starting and stopping of applications is not reported.
    if (service === 'App' && (status.ActiveState === 'activating' || status.ActiveState === 'deactivating')) return;
    this.#changes.notify(row.current);
  }

  /** A configured unit that systemd does not know counts as stopped. */
  async #readStatus(unit: UnitName): Promise<UnitStatus> {
    try {
      return await this.systemd.unitStatus(unit);
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'NOT_FOUND')
        return stoppedStatus(unit, { LoadState: 'not-found' });
      throw error;
    }
  }
}

/** Whether no report is needed. `Path` is left out: systemd may unload a stopped unit and load it again at any time. */
const sameReport = (a: UnitStatus, b: UnitStatus): boolean =>
  a.ActiveState === b.ActiveState &&
  a.SubState === b.SubState &&
  a.FreezerState === b.FreezerState &&
  a.LoadState === b.LoadState &&
  a.Description === b.Description;
