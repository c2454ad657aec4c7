import { Injectable } from '@nestjs/common';
import type { UnitName, UnitStatus } from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import type { AgentConnection } from '../agents/agent-connection.js';
import type { RegistryEntry } from '../registry/registry-entry.js';
import { RegistryService } from '../registry/registry.service.js';
import type { InstancesOfApplication, StartApplication } from './requests.js';
import { VmService } from './vm.service.js';

/** Starts applications as instances `APP@N.service`, and pauses, resumes and stops those that run. */
@Injectable()
export class ApplicationService {
  constructor(
    private readonly registry: RegistryService,
    private readonly agents: AgentConnections,
    private readonly vms: VmService,
  ) {}

  /** Resolves with the instance once it runs; its VM is started first when it is down. */
  async start({ application, vm, args }: StartApplication): Promise<UnitName> {
    const agent = await this.vms.agentOf(vm);
    const reservation = this.registry.reserveInstance(agent, application);
    try {
      reservation.started(await this.agents.of(vm).startApplication(reservation.unit, args));
      return reservation.unit;
    } finally {
      reservation.release();
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

  /** Does it to all of them side by side, and fails with the first failure when all have been tried. */
  async #each(
    { selector, vm }: InstancesOfApplication,
    act: (agent: AgentConnection, unit: UnitName) => Promise<UnitStatus>,
  ): Promise<void> {
    const entries = this.registry.instances(selector, vm);
    const agent = this.agents.of(entries[0].machine);
    const outcomes = await Promise.allSettled(
      entries.map(async (entry: RegistryEntry) =>
        this.registry.observe(entry.machine, entry.unit, await act(agent, entry.unit)),
      ),
    );
    const failure = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failure) throw failure.reason;
  }
}
