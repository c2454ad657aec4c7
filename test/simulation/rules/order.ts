// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { vmStatus } from '@givc/model';
import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import type { World } from '../world.js';
import { isReporting } from './reporting.js';
import type { Rule } from './rule.js';

interface Reached {
  reported: number;
  polled: number;
}

/**
 * The registry shows the states that agents report of a unit in the order in which they occurred. States may be
 * missing, but no earlier state returns. A polled state is never older than states reported or polled before, as long
 * as no stream is open. The snapshot of a new stream may be older than a state that was polled, because it was sent
 * before. States that arrive over a connection that its agent has closed are not compared: the agent's next report
 * replaces them.
 */
export class OrderRule implements Rule {
  /** The position of the registry in the history of each unit. */
  readonly #reached = new Map<string, Reached>();

  constructor(private readonly world: World) {}

  adminStarted(): void {
    this.#reached.clear();
  }

  put({ machine, unit, type, status }: RegistryEntry): void {
    const { scheduler, network, settings } = this.world;
    if (type.service === 'Mgr' || !settings.servesReports || network.isLeft(scheduler.source)) return;
    const key = `${machine} ${unit}`;
    const past = this.world.history.of(machine, unit);
    const now = vmStatus(status);
    const reached = this.#reached.get(key) ?? { reported: 0, polled: 0 };
    this.#reached.set(key, reached);
    const isReported = isReporting(this.world, machine);
    const from = isReported ? reached.reported : Math.max(reached.reported, reached.polled);
    const at = past.findIndex((one, index) => index >= from && one.status === now);
    if (at >= 0) reached[isReported ? 'reported' : 'polled'] = at;
    else if (past.length > 0)
      this.world.violate(
        'no state comes again that is over',
        `${unit} of ${machine} is ${now} in the registry, and was ${past
          .slice(from)
          .map((one) => `${one.status} since ${one.at.toFixed(0)}`)
          .join(', ')}`,
      );
  }
}
