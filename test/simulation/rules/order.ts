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
 * What agents report of a unit goes through the registry in the order in which its service manager made it: some of it
 * may be missing, but nothing that is over comes again. What is polled while no stream is open is never older than what
 * was reported or polled before; a stream that opens begins with a snapshot that may be older than what was polled, as it
 * was sent before. What arrives over a connection that its agent has left already is not compared: it is overruled soon,
 * as the agent reports from the start.
 */
export class OrderRule implements Rule {
  /** How far the registry has come in the history of each unit. */
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
