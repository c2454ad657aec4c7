// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { agentUnit, isPoweroff, vmOfVmUnit, type UnitName, type VmName } from '@givc/model';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryLookup } from '../registry/registry-lookup.js';
import { RegistryStore } from '../registry/registry-store.js';
import { UnitCalls } from '../registry/unit-calls.js';
import type { UnitRequest } from './lifecycle-requests.js';
import { UnitStarter } from './unit-starter.js';
import { VmService } from './vm.service.js';

/** Starts and stops the units that agents offer. */
@Injectable()
export class UnitService {
  constructor(
    private readonly store: RegistryStore,
    private readonly lookup: RegistryLookup,
    private readonly calls: UnitCalls,
    private readonly agents: AgentConnections,
    private readonly vms: VmService,
    private readonly starter: UnitStarter,
  ) {}

  /**
   * Resolves with the registry name of the agent once systemd's job is done, or once its machine has gone down because
   * of it. A VM that is powered off in this way has the desired state `down`. `caller` is as of `AgentCallSettings`.
   */
  async start(request: UnitRequest, caller?: string): Promise<UnitName> {
    this.#setDesiredState(request, 'up');
    const machine = this.#machineOf(request);
    const powersOff = isPoweroff(request.unit) && !this.vms.isDesiredDown(machine);
    if (powersOff) this.#setVm(machine, 'down');
    try {
      await this.starter.start(machine, request.unit, caller);
    } catch (error) {
      if (powersOff) this.#setVm(machine, 'up');
      throw error;
    }
    return agentUnit(machine);
  }

  /** Resolves once the unit has stopped. */
  async stop(request: UnitRequest, caller?: string): Promise<void> {
    this.#setDesiredState(request, 'down');
    const machine = this.#machineOf(request);
    const agent = await this.agents.forLongCall(machine);
    await this.calls.command(machine, request.unit, () => agent.stopUnit(request.unit, caller));
  }

  #setDesiredState({ unit }: UnitRequest, state: 'up' | 'down'): void {
    const vm = vmOfVmUnit(unit);
    if (vm) this.#setVm(vm, state);
  }

  #setVm(vm: VmName, state: 'up' | 'down'): void {
    if (this.store.vmEntry(vm)) this.vms.setDesiredState(vm, state);
  }

  #machineOf({ unit, vm }: UnitRequest): VmName {
    return vm ?? this.lookup.machineOf('ServiceName', unit);
  }
}
