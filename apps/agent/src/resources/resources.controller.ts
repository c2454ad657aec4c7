// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import { Access } from '@givc/access';
import { vmStatus } from '@givc/model';
import { Call, type resources, type ServerCall } from '@givc/rpc';
import type { ResourceUsage } from '@givc/systemd';
import { AgentSettings } from '../config/agent-settings.js';
import { assertPermitted } from '../proxy/assert-permitted.js';
import { UnitUsages, type RunningUnit } from './unit-usages.js';

const usageOf = ({ cpuNsec, activeNsec, memoryBytes, tasks, restarts }: ResourceUsage): resources.Usage => ({
  cpu_us: Number(cpuNsec / 1_000n),
  active_us: Number(activeNsec / 1_000n),
  memory_bytes: memoryBytes,
  tasks,
  restarts,
});

const unitOf = ({ tracked: { unit, service, status }, usage }: RunningUnit): resources.UnitUsage => ({
  unit,
  service_type: service,
  vm_status: vmStatus(status),
  usage: usage && usageOf(usage),
});

/** `resources.ResourcesService`. */
@Controller()
export class ResourcesController {
  constructor(
    private readonly usages: UnitUsages,
    private readonly settings: AgentSettings,
    private readonly access: Access,
  ) {}

  /** Shows what runs here, whether it may be controlled or not: without rules, it is for the admin alone. */
  @GrpcMethod('ResourcesService', 'GetUsage')
  async getUsage(
    @Payload() _: resources.GetUsageRequest,
    @Call() call: ServerCall,
  ): Promise<resources.GetUsageResponse> {
    const { admin, name } = this.settings;
    if (!this.access.rules) assertPermitted(call, admin.name, 'read the resources of this machine');
    const units = (await this.usages.read()).map(unitOf);
    return { machines: [{ vm: name, state: 'answered', error: '', units }] };
  }
}
