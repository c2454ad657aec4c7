import { Injectable } from '@nestjs/common';
import { vmOfVmUnit, type UnitName, type UnitStatus } from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import type { AgentConnection } from '../agents/agent-connection.js';
import { RegistryService } from '../registry/registry.service.js';
import type { UnitRequest } from './requests.js';
import { VmService } from './vm.service.js';

/** Starts and stops the units that agents offer. */
@Injectable()
export class UnitService {
  constructor(
    private readonly registry: RegistryService,
    private readonly agents: AgentConnections,
    private readonly vms: VmService,
  ) {}

  /** Resolves with the unit's name once systemd's job is done. */
  start(request: UnitRequest): Promise<UnitName> {
    this.#mean(request, 'up');
    return this.#act(request, (agent, unit) => agent.startUnit(unit));
  }

  /** Resolves with the unit's name once it has stopped. */
  stop(request: UnitRequest): Promise<UnitName> {
    this.#mean(request, 'down');
    return this.#act(request, (agent, unit) => agent.stopUnit(unit));
  }

  #mean({ unit }: UnitRequest, state: 'up' | 'down'): void {
    const vm = vmOfVmUnit(unit);
    if (vm && this.registry.vmEntry(vm)) this.vms.mean(vm, state);
  }

  async #act(
    { unit, vm }: UnitRequest,
    act: (agent: AgentConnection, unit: UnitName) => Promise<UnitStatus>,
  ): Promise<UnitName> {
    const machine = vm ?? this.registry.machineOf('ServiceName', unit);
    await this.registry.observe(machine, unit, () => act(this.agents.of(machine), unit));
    return unit;
  }
}
