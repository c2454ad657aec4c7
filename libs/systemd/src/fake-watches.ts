// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';
import type { UnitName, UnitStatus } from '@givc/model';
import type { Ending, OnUnitChange, UnitWatch } from './systemd.js';

/** The watches of a fake systemd by unit, which need not exist. */
export class FakeWatches {
  readonly #listeners = new Map<UnitName, Listeners<Parameters<OnUnitChange>>>();

  get units(): Iterable<UnitName> {
    return this.#listeners.keys();
  }

  has(unit: UnitName): boolean {
    return (this.#listeners.get(unit)?.size ?? 0) > 0;
  }

  /** Adds one watch for each call, even for the same listener. */
  add(unit: UnitName, onChange: OnUnitChange): UnitWatch {
    const listeners = this.#listeners.get(unit) ?? new Listeners();
    this.#listeners.set(unit, listeners);
    return { close: listeners.add(onChange) };
  }

  report(unit: UnitName, status: UnitStatus, ending?: Ending): void {
    this.#listeners.get(unit)?.notify(status, ending);
  }

  clear(): void {
    this.#listeners.clear();
  }
}
