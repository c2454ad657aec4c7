// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import {
  GivcError,
  powerTransitionOf,
  type PowerTransition,
  type UnitName,
  type UnitStatus,
  type VmName,
} from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import { UnitCalls } from '../registry/unit-calls.js';
import { MachineWatches, sleepMs, type MachineWatch } from './machine-watches.js';
import { UnitStates } from './unit-states.js';

/** Starts units, including those that end the agent or its machine before the agent can answer. */
@Injectable()
export class UnitStarter {
  constructor(
    private readonly calls: UnitCalls,
    private readonly agents: AgentConnections,
    private readonly machineWatches: MachineWatches,
    private readonly states: UnitStates,
  ) {}

  /**
   * Resolves once systemd's job is done, and at once when the unit runs. It also resolves when the job has succeeded
   * although its answer cannot arrive: a machine that shuts down has closed its connection or its host reports that it
   * is stopping, a machine that was suspended is back, or a machine that the unit ends has ended by itself. It rejects
   * in every other case: the agent rejects, the job fails, the agent cannot be reached or does not answer, or the
   * machine was stopped or has crashed. `caller` is as of `AgentCallSettings`.
   */
  async start(machine: VmName, unit: UnitName, caller?: string): Promise<void> {
    const transition = powerTransitionOf(unit);
    // If this rejects, the start was not attempted.
    const now = transition ? undefined : await this.states.refresh(machine, unit, caller);
    if (now && isRunning(now)) return;
    const watch = this.machineWatches.watch(machine);
    let wasReachable = false;
    try {
      const agent = await this.agents.forLongCall(machine);
      wasReachable = agent.isReachable;
      const deadlineMs = transition === 'sleep' ? sleepMs : undefined;
      await this.calls.command(machine, unit, () => agent.startUnit(unit, deadlineMs, caller));
    } catch (error) {
      if (!(await this.#jobDoneDespite(error, transition, watch, { machine, unit, wasReachable, caller }))) throw error;
    } finally {
      watch.close();
    }
  }

  /** Whether the start has succeeded although its call has failed with this error. */
  async #jobDoneDespite(
    error: unknown,
    transition: PowerTransition | undefined,
    watch: MachineWatch,
    {
      machine,
      unit,
      wasReachable,
      caller,
    }: { machine: VmName; unit: UnitName; wasReachable: boolean; caller?: string },
  ): Promise<boolean> {
    if (!(error instanceof GivcError)) return false;
    const { reason, cause } = error;
    const info = cause instanceof GivcError ? cause.info?.reason : undefined;
    const isShutDown = transition === 'shutdown';
    if (isShutDown && watch.isLeaving && (reason === 'UNAVAILABLE' || reason === 'FAILED_PRECONDITION')) return true;
    if (info === 'MACHINE_STOPPING') return transition !== 'sleep';
    if (!wasReachable || !isConnectionLost(error)) return false;
    switch (transition) {
      case 'shutdown':
        return true;
      case 'sleep':
        return this.#hasWokenUp(machine, unit, watch, caller);
      case undefined:
        return watch.waitUntilDown();
    }
  }

  async #hasWokenUp(machine: VmName, unit: UnitName, watch: MachineWatch, caller?: string): Promise<boolean> {
    let isBack = this.agents.connection(machine).isReachable;
    while (true) {
      if (!isBack && !(await watch.waitUntilUp())) return false;
      isBack = false;
      try {
        return (await this.agents.connection(machine).unitStatus(unit, caller)).ActiveState !== 'failed';
      } catch (error) {
        if (!(error instanceof GivcError && error.reason === 'UNAVAILABLE')) throw error;
      }
    }
  }
}

/**
 * Whether a start would change nothing; agents of the original restart such a unit. A unit that is `active` without a
 * process, such as a oneshot with RemainAfterExit=, is started again.
 */
const isRunning = ({ ActiveState, SubState }: UnitStatus): boolean =>
  ActiveState === 'reloading' || (ActiveState === 'active' && SubState === 'running');

/** Whether the connection ended between the call and its answer, or the connection of the agent to its bus did. */
function isConnectionLost({ reason, cause }: GivcError): boolean {
  if (reason !== 'UNAVAILABLE') return false;
  if (!(cause instanceof GivcError)) return true;
  return cause.reason !== 'DEADLINE_EXCEEDED' && cause.info?.reason !== 'SYSTEMD_AWAY';
}
