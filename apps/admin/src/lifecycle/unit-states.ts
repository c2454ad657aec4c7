import { Injectable } from '@nestjs/common';
import { GivcError, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import { PresenceService } from '../registry/presence.service.js';
import { RegistryService } from '../registry/registry.service.js';

/**
 * How units are now. What is known of the units of an agent that does not report may be some seconds old, and it may be of
 * a make whose start is a restart: whatever starts a unit asks first.
 */
@Injectable()
export class UnitStates {
  constructor(
    private readonly registry: RegistryService,
    private readonly presence: PresenceService,
    private readonly agents: AgentConnections,
  ) {}

  /** Has the registry know the state of a unit. Returns it if its agent had to be asked and knows the unit. */
  async refresh(machine: VmName, unit: UnitName): Promise<UnitStatus | undefined> {
    const agent = await this.agents.answering(machine);
    if (this.presence.of(machine)?.state === 'reporting') return undefined;
    try {
      return await this.registry.observe(machine, unit, () => agent.unitStatus(unit));
    } catch (error) {
      // The agent's refusal of what follows says more.
      if (error instanceof GivcError && error.reason === 'NOT_FOUND') return undefined;
      throw error;
    }
  }
}
