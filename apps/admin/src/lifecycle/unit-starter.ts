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
import { RegistryService } from '../registry/registry.service.js';
import { Departures, sleepMs, type Departure } from './departures.js';
import { UnitStates } from './unit-states.js';

/** Starts units, also those whose success takes away who would answer: the machine, its agent or the bus of that. */
@Injectable()
export class UnitStarter {
  constructor(
    private readonly registry: RegistryService,
    private readonly agents: AgentConnections,
    private readonly departures: Departures,
    private readonly states: UnitStates,
  ) {}

  /**
   * Resolves once systemd's job is done, at once when the unit runs, or when the job's answer cannot come any more because it has succeeded: a machine that
   * was to shut down has closed its connection or is going down by what its host says; one that was to sleep is back; one
   * whose unit ends it has ended, by itself, while the unit was started. Everything else that fails stays a failure: a
   * refusal, a job that failed, an agent that could not be reached or does not answer, a machine that was stopped or crashed.
   */
  async start(machine: VmName, unit: UnitName): Promise<void> {
    const transition = powerTransitionOf(unit);
    // Its failure says nothing of the start, which has not been tried then.
    const now = transition ? undefined : await this.states.refresh(machine, unit);
    if (now && isRunning(now)) return;
    const departure = this.departures.watch(machine);
    let wasReachable = false;
    try {
      const agent = await this.agents.answering(machine);
      wasReachable = agent.isReachable;
      const deadlineMs = transition === 'sleep' ? sleepMs : undefined;
      await this.registry.command(machine, unit, () => agent.startUnit(unit, deadlineMs));
    } catch (error) {
      if (!(await this.#hasSucceeded(error, transition, departure, { machine, unit, wasReachable }))) throw error;
    } finally {
      departure.close();
    }
  }

  async #hasSucceeded(
    error: unknown,
    transition: PowerTransition | undefined,
    departure: Departure,
    { machine, unit, wasReachable }: { machine: VmName; unit: UnitName; wasReachable: boolean },
  ): Promise<boolean> {
    if (!(error instanceof GivcError)) return false;
    const { reason, cause } = error;
    const info = cause instanceof GivcError ? cause.info?.reason : undefined;
    const isShutDown = transition === 'shutdown';
    if (isShutDown && departure.isLeaving && (reason === 'UNAVAILABLE' || reason === 'FAILED_PRECONDITION'))
      return true;
    if (info === 'MACHINE_STOPPING') return transition !== 'sleep';
    if (!wasReachable || !isLost(error)) return false;
    switch (transition) {
      case 'shutdown':
        return true;
      case 'sleep':
        return this.#hasWokenUp(machine, unit, departure);
      case undefined:
        return departure.untilDown();
    }
  }

  async #hasWokenUp(machine: VmName, unit: UnitName, departure: Departure): Promise<boolean> {
    for (let isBack = this.agents.of(machine).isReachable; isBack || (await departure.untilBack()); isBack = false) {
      try {
        return (await this.agents.of(machine).unitStatus(unit)).ActiveState !== 'failed';
      } catch (error) {
        if (!(error instanceof GivcError && error.reason === 'UNAVAILABLE')) throw error;
      }
    }
    return false;
  }
}

/**
 * What agents of another make would start again. One that is `active` without a process is none of them: it often is what
 * has to be done each time.
 */
const isRunning = ({ ActiveState, SubState }: UnitStatus): boolean =>
  ActiveState === 'reloading' || (ActiveState === 'active' && SubState === 'running');

/** Whether the call was sent and the connection ended before its answer, be it the agent's own to its bus. */
function isLost({ reason, cause }: GivcError): boolean {
  if (reason !== 'UNAVAILABLE') return false;
  if (!(cause instanceof GivcError)) return true;
  return cause.reason !== 'DEADLINE_EXCEEDED' && cause.info?.reason !== 'SYSTEMD_AWAY';
}
