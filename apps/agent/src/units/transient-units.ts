// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { UnitName, UnitStatus } from '@givc/model';

/** Starts a unit, and resolves once it runs, at once when it runs already. */
type Start = () => Promise<UnitStatus>;

/**
 * The transient units that this agent keeps running. They have no unit file, and systemd unloads them once they have
 * stopped, so `StartUnit` calls the code that creates them.
 */
@Injectable()
export class TransientUnits {
  readonly #starts = new Map<UnitName, Start>();

  declare(unit: UnitName, start: Start): void {
    this.#starts.set(unit, start);
  }

  /** Undefined for a unit that was not declared. */
  startOf(unit: UnitName): Start | undefined {
    return this.#starts.get(unit);
  }
}
