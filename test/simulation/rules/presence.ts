// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { UnitName, VmName } from '@givc/model';
import type { RegistryEntry } from '../../../apps/admin/src/registry/registry-entry.js';
import { RegistryStore } from '../../../apps/admin/src/registry/registry-store.js';
import { agentUnit } from '../machines/layout.js';
import type { World } from '../world.js';
import { isReporting } from './reporting.js';
import type { Rule } from './rule.js';

/** The number of heartbeats that may be missing, and the maximum delay of a timer. */
const missedHeartbeats = 2.5;
const graceMs = 2_000;
/** The time within which an agent that does not report has been polled without an answer. */
const pollMs = 12_000;
/** The time within which an agent reports again after its stream was ended, with a margin. */
const reopenMs = 2_500;

/** The presence of agents is correct: an agent is lost if, and only if, it cannot be reached. */
export class PresenceRule implements Rule {
  /** By process of an agent: whether its last log line says that it is registered, and when. */
  readonly #agents = new Map<string, { readonly isRegistered: boolean; readonly since: number }>();
  /** When the agent of a VM last reported. */
  readonly #reportedAt = new Map<string, number>();

  constructor(private readonly world: World) {}

  put({ vm, presence }: RegistryEntry): void {
    if (presence?.state === 'reporting') this.#reportedAt.set(vm, this.world.scheduler.now);
    const machine = this.world.machines.get(vm);
    if (presence?.state !== 'lost' || !machine?.isReachable) return;
    if (this.world.disturbances.areQuietButFreezes([vm, 'admin'], this.world.scheduler.now))
      this.world.violate('no agent is lost that can be reached', `${vm} is lost, and no fault was injected into it`);
  }

  /** The agent's report stream ends now, and its connection continues. */
  isReset(vm: string): void {
    const { world } = this;
    const { program } = world.admin;
    const machine = world.machines.get(vm);
    const agent = machine?.agent;
    const began = world.scheduler.now;
    world.scheduler.after(reopenMs * world.settings.pace, () => {
      const isSame = world.admin.program === program && machine?.agent === agent && machine?.isReachable === true;
      if (isSame && world.disturbances.areQuietButResets([vm, 'admin'], began) && !this.#hasReported(vm, began))
        world.violate('an agent reports again soon', `${vm} was reset, and has not reported again since`);
    });
  }

  /** The admin is silent from now on, until `isOver`. */
  silentAdmin(isOver: () => boolean): void {
    const { world } = this;
    const { settings, scheduler, disturbances } = world;
    if (!settings.servesReports) return;
    const began = scheduler.now;
    const limitMs = settings.heartbeatMs * (missedHeartbeats + 1) + graceMs;
    for (const [vm, machine] of world.machines) {
      const { agent } = machine;
      if (!agent || this.#agents.get(agent.name)?.isRegistered !== true || !isReporting(world, vm)) continue;
      scheduler.after(limitMs, () => {
        if (isOver() || !agent.isRunning || !disturbances.areQuiet([vm], began)) return;
        const { isRegistered, since } = this.#agents.get(agent.name)!;
        if (isRegistered && since < began)
          world.violate('an agent notices that the admin is silent', `${agent.name} has not for ${limitMs} ms`);
      });
    }
  }

  logged(process: string, line: string): void {
    const since = this.world.scheduler.now;
    if (line.startsWith('info: registered admin=')) this.#agents.set(process, { isRegistered: true, since });
    else if (line.startsWith('warn: admin lost')) this.#agents.set(process, { isRegistered: false, since });
  }

  #hasReported(vm: string, since: number): boolean {
    return (this.#reportedAt.get(vm) ?? -Infinity) > since;
  }

  /** This agent is silent from now on, until `isOver`. */
  silent(vm: string, isOver: () => boolean): void {
    const { world } = this;
    const { settings, scheduler, disturbances } = world;
    const { program } = world.admin;
    const began = scheduler.now;
    // An agent whose stream has ended must be polled before it is lost.
    const limitMs = (isReporting(world, vm) ? settings.heartbeatMs * missedHeartbeats : pollMs) + graceMs;
    scheduler.after(limitMs, () => {
      const isSame = program !== undefined && world.admin.program === program;
      if (isOver() || !isSame || !disturbances.areQuiet(['admin'], began)) return;
      const entry = program.get(RegistryStore).get(vm as VmName, agentUnit(vm) as UnitName);
      if (entry && entry.presence?.state !== 'lost')
        world.violate('an agent that is silent is lost', `${vm} has been silent for ${limitMs} ms, and is not lost`);
    });
  }
}
