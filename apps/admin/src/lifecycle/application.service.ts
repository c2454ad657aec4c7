// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError, isAlive, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import type { AgentConnection } from '../agents/agent-connection.js';
import { PresenceService } from '../presence/presence.service.js';
import { InstanceReservations, type InstanceReservation } from '../registry/instance-reservations.js';
import { RegistryLookup } from '../registry/registry-lookup.js';
import { UnitCalls } from '../registry/unit-calls.js';
import type { InstancesOfApplication, StartApplication } from './lifecycle-requests.js';
import { VmService } from './vm.service.js';

/** The maximum number of instances without a registry entry that a start skips. */
const maxUnknownInstances = 8;

/** Starts applications as instances `APP@N.service`, and pauses, resumes and stops those that run. */
@Injectable()
export class ApplicationService {
  constructor(
    private readonly lookup: RegistryLookup,
    private readonly reservations: InstanceReservations,
    private readonly calls: UnitCalls,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
    private readonly vms: VmService,
  ) {}

  /**
   * Resolves with the instance once it runs, or with the instance that it has handed over to when the agent names one;
   * its VM is started first when it is down. ALREADY_EXISTS when the agent has too many consecutive instances without a
   * registry entry.
   */
  async start({ application, vm, args }: StartApplication): Promise<UnitName> {
    const agent = await this.vms.agentOf(vm);
    // The reservation lasts until the end, so that concurrent starts get different numbers.
    const tried: InstanceReservation[] = [];
    try {
      for (;;) {
        const reservation = this.reservations.reserve(agent, application);
        tried.push(reservation);
        try {
          return await this.#startAs(reservation, vm, args);
        } catch (error) {
          const exists = error instanceof GivcError && error.reason === 'ALREADY_EXISTS';
          if (!exists || tried.length > maxUnknownInstances) throw error;
        }
      }
    } finally {
      for (const reservation of tried) reservation.release();
    }
  }

  /**
   * Rejects with ALREADY_EXISTS when the instance runs. Agents that do not report have no such status: after a failure
   * they are asked for the state of the instance, and one that runs is registered. FAILED_PRECONDITION has the info
   * `INSTANCE_FAILED`, with the name of the instance as `unit`.
   */
  async #startAs(reservation: InstanceReservation, vm: VmName, args: readonly string[]): Promise<UnitName> {
    const { unit } = reservation;
    const agent = await this.agents.forLongCall(vm);
    try {
      return reservation.started(await agent.startApplication(unit, args));
    } catch (error) {
      if (!(error instanceof GivcError) || error.reason !== 'FAILED_PRECONDITION') throw error;
      const info = { reason: 'INSTANCE_FAILED', metadata: { unit } };
      const failure = new GivcError(error.reason, error.message, { cause: error, info });
      if (this.presence.of(vm)?.state === 'reporting') throw failure;
      const found = await agent.unitStatus(unit).catch(() => undefined);
      if (!found || !isAlive(found)) throw failure;
      reservation.started(found);
      throw new GivcError('ALREADY_EXISTS', error.message, { cause: error });
    }
  }

  pause(request: InstancesOfApplication): Promise<void> {
    return this.#each(request, (agent, unit) => agent.freezeUnit(unit));
  }

  resume(request: InstancesOfApplication): Promise<void> {
    return this.#each(request, (agent, unit) => agent.thawUnit(unit));
  }

  stop(request: InstancesOfApplication): Promise<void> {
    return this.#each(request, (agent, unit) => agent.stopUnit(unit));
  }

  /** Calls `act` for all instances in parallel. When all calls have ended, rejects with the first failure. */
  async #each(
    { selector, vm }: InstancesOfApplication,
    act: (agent: AgentConnection, unit: UnitName) => Promise<UnitStatus>,
  ): Promise<void> {
    const entries = this.lookup.instances(selector, vm);
    const agent = await this.agents.forLongCall(entries[0].machine);
    const outcomes = await Promise.allSettled(
      entries.map(({ machine, unit }) => this.calls.command(machine, unit, () => act(agent, unit))),
    );
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
  }
}
