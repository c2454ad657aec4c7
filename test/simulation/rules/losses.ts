import type { UnitName, VmName } from '@givc/model';
import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { agentUnit } from '../machines/layout.js';
import type { World } from '../world.js';
import type { Rule } from './rule.js';

/** How many heartbeats may be missing, and how long a timer may wait for another. */
const silentIntervals = 2.5;
const graceMs = 2_000;
/** How long it may take until an agent that does not report is asked and has not answered. */
const askedMs = 12_000;

/** An agent is lost if it cannot be reached, and only then. */
export class LossesRule implements Rule {
  constructor(private readonly world: World) {}

  put({ vm, presence }: RegistryEntry): void {
    const machine = this.world.machines.get(vm);
    if (presence?.state !== 'lost' || !machine?.isReachable) return;
    if (this.world.disturbances.areQuiet([vm, 'admin'], this.world.scheduler.now))
      this.world.violate('no agent is lost that can be reached', `${vm} is lost, and nothing has happened to it`);
  }

  /** Nothing is heard of this agent from now on, until `isOver`. */
  silent(vm: string, isOver: () => boolean): void {
    const { world } = this;
    const { settings, scheduler, disturbances } = world;
    const { program } = world.admin;
    const began = scheduler.now;
    const limitMs = (settings.takesReports ? settings.heartbeatMs * silentIntervals : askedMs) + graceMs;
    scheduler.after(limitMs, () => {
      const isSame = program !== undefined && world.admin.program === program;
      if (isOver() || !isSame || !disturbances.areQuiet(['admin'], began)) return;
      const entry = program.get(RegistryStore).get(vm as VmName, agentUnit(vm) as UnitName);
      if (entry && entry.presence?.state !== 'lost')
        world.violate('an agent that is silent is lost', `${vm} has been silent for ${limitMs} ms, and is not lost`);
    });
  }
}
