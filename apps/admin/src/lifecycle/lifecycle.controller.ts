// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { VmName } from '@givc/model';
import { Parse, type admin } from '@givc/rpc';
import { OnBehalfInterceptor } from '../agents/on-behalf.js';
import { ApplicationService } from './application.service.js';
import {
  parseInstances,
  parseStartApplication,
  parseStartVm,
  successful,
  type InstancesOfApplication,
  type StartApplication,
} from './lifecycle-requests.js';
import { VmService } from './vm.service.js';

/** The rpcs of AdminService that start VMs, and start, stop, pause and resume applications. */
@Controller()
@UseInterceptors(OnBehalfInterceptor)
export class LifecycleController {
  constructor(
    private readonly vms: VmService,
    private readonly applications: ApplicationService,
  ) {}

  @GrpcMethod('AdminService', 'StartVM')
  async startVm(@Parse(parseStartVm) vm: VmName): Promise<admin.StartResponse> {
    return { registryId: await this.vms.start(vm) };
  }

  @GrpcMethod('AdminService', 'StartApplication')
  async startApplication(@Parse(parseStartApplication) request: StartApplication): Promise<admin.StartResponse> {
    return { registryId: await this.applications.start(request) };
  }

  @GrpcMethod('AdminService', 'PauseApplication')
  async pauseApplication(@Parse(parseInstances) request: InstancesOfApplication): Promise<admin.ApplicationResponse> {
    await this.applications.pause(request);
    return successful;
  }

  @GrpcMethod('AdminService', 'ResumeApplication')
  async resumeApplication(@Parse(parseInstances) request: InstancesOfApplication): Promise<admin.ApplicationResponse> {
    await this.applications.resume(request);
    return successful;
  }

  @GrpcMethod('AdminService', 'StopApplication')
  async stopApplication(@Parse(parseInstances) request: InstancesOfApplication): Promise<admin.ApplicationResponse> {
    await this.applications.stop(request);
    return successful;
  }
}
