import { vmStatus } from '@givc/model';
import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import type { World } from '../world.js';
import type { Rule } from './rule.js';

/**
 * What agents report of a unit goes through the registry in the order in which its service manager made it: some of it
 * may be missing, but nothing that is over comes again.
 */
export class OrderRule implements Rule {
  /** How far the registry has come in the history of each unit. */
  readonly #reached = new Map<string, number>();

  constructor(private readonly world: World) {}

  adminStarted(): void {
    this.#reached.clear();
  }

  put({ machine, unit, type, status }: RegistryEntry): void {
    if (type.service === 'Mgr' || !this.world.settings.takesReports) return;
    const key = `${machine} ${unit}`;
    const past = this.world.history.of(machine, unit);
    const now = vmStatus(status);
    const from = this.#reached.get(key) ?? 0;
    const at = past.findIndex((one, index) => index >= from && one.status === now);
    if (at >= 0) this.#reached.set(key, at);
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
