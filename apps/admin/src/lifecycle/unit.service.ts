import { Injectable } from '@nestjs/common';
import { agentUnit, vmOfVmUnit, type UnitName, type VmName } from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryService } from '../registry/registry.service.js';
import type { UnitRequest } from './requests.js';
import { UnitStarter } from './unit-starter.js';
import { VmService } from './vm.service.js';

/** Starts and stops the units that agents offer. */
@Injectable()
export class UnitService {
  constructor(
    private readonly registry: RegistryService,
    private readonly agents: AgentConnections,
    private readonly vms: VmService,
    private readonly starter: UnitStarter,
  ) {}

  /** Resolves with the registry name of the agent once systemd's job is done, or its machine has gone down by it. */
  async start(request: UnitRequest): Promise<UnitName> {
    this.#mean(request, 'up');
    const machine = this.#machineOf(request);
    await this.starter.start(machine, request.unit);
    return agentUnit(machine);
  }

  /** Resolves once the unit has stopped. */
  async stop(request: UnitRequest): Promise<void> {
    this.#mean(request, 'down');
    const machine = this.#machineOf(request);
    const agent = await this.agents.answering(machine);
    await this.registry.command(machine, request.unit, () => agent.stopUnit(request.unit));
  }

  #mean({ unit }: UnitRequest, state: 'up' | 'down'): void {
    const vm = vmOfVmUnit(unit);
    if (vm && this.registry.store.vmEntry(vm)) this.vms.mean(vm, state);
  }

  #machineOf({ unit, vm }: UnitRequest): VmName {
    return vm ?? this.registry.machineOf('ServiceName', unit);
  }
}
