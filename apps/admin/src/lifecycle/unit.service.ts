import { Injectable } from '@nestjs/common';
import { vmOfVmUnit, type UnitName, type VmName } from '@givc/model';
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

  /** Resolves with the unit's name once systemd's job is done, or its machine has gone down by it. */
  start(request: UnitRequest): Promise<UnitName> {
    this.#mean(request, 'up');
    return this.#act(request, (machine, unit) => this.starter.start(machine, unit));
  }

  /** Resolves with the unit's name once it has stopped. */
  stop(request: UnitRequest): Promise<UnitName> {
    this.#mean(request, 'down');
    return this.#act(request, async (machine, unit) => {
      const agent = await this.agents.answering(machine);
      return this.registry.command(machine, unit, () => agent.stopUnit(unit));
    });
  }

  #mean({ unit }: UnitRequest, state: 'up' | 'down'): void {
    const vm = vmOfVmUnit(unit);
    if (vm && this.registry.store.vmEntry(vm)) this.vms.mean(vm, state);
  }

  async #act({ unit, vm }: UnitRequest, act: (machine: VmName, unit: UnitName) => Promise<unknown>): Promise<UnitName> {
    const machine = vm ?? this.registry.machineOf('ServiceName', unit);
    await act(machine, unit);
    return unit;
  }
}
