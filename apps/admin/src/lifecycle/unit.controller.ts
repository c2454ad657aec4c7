// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { Caller, callerKey } from '@givc/access';
import { Parse, type admin } from '@givc/rpc';
import { parseUnitRequest, successful, type UnitRequest } from './lifecycle-requests.js';
import { UnitService } from './unit.service.js';

/** The rpcs of AdminService that start and stop units. */
@Controller()
export class UnitController {
  constructor(private readonly units: UnitService) {}

  @GrpcMethod('AdminService', 'StartService')
  async startService(
    @Parse(parseUnitRequest) request: UnitRequest,
    @Caller() caller: Caller,
  ): Promise<admin.StartResponse> {
    return { registryId: await this.units.start(request, callerKey(caller)) };
  }

  @GrpcMethod('AdminService', 'StopService')
  async stopService(
    @Parse(parseUnitRequest) request: UnitRequest,
    @Caller() caller: Caller,
  ): Promise<admin.ApplicationResponse> {
    await this.units.stop(request, callerKey(caller));
    return successful;
  }
}
