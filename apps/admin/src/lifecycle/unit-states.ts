// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import { PresenceService } from '../presence/presence.service.js';
import { UnitCalls } from '../registry/unit-calls.js';

/**
 * The current state of units, for code that starts them. For an agent that does not report, the registry may be some
 * seconds old, and agents of the original restart a running unit when they are asked to start it.
 */
@Injectable()
export class UnitStates {
  constructor(
    private readonly calls: UnitCalls,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
  ) {}

  /**
   * Updates the registry with the state of a unit. Resolves with the state when the agent had to be asked and knows the
   * unit, else with undefined. `caller` is as of `AgentCallSettings`.
   */
  async refresh(machine: VmName, unit: UnitName, caller?: string): Promise<UnitStatus | undefined> {
    const agent = await this.agents.forLongCall(machine);
    if (this.presence.of(machine)?.state === 'reporting') return undefined;
    try {
      return await this.calls.observe(machine, unit, () => agent.unitStatus(unit, caller));
    } catch (error) {
      // The following call fails with a better message.
      if (error instanceof GivcError && error.reason === 'NOT_FOUND') return undefined;
      throw error;
    }
  }
}
