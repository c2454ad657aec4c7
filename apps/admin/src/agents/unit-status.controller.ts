// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { Caller, callerKey } from '@givc/access';
import { parseUnitName, parseVmName, type UnitName, type UnitStatus, type VmName } from '@givc/model';
import { Parse, type admin } from '@givc/rpc';
import { AgentConnections } from './agent-connections.js';

interface UnitOfVm {
  readonly vm: VmName;
  readonly unit: UnitName;
}

function parseUnitStatusRequest(request: admin.UnitStatusRequest): UnitOfVm {
  return { vm: parseVmName('VmName', request.VmName), unit: parseUnitName('UnitName', request.UnitName) };
}

/** GetUnitStatus of AdminService, which the agent answers. */
@Controller()
export class UnitStatusController {
  constructor(private readonly agents: AgentConnections) {}

  @GrpcMethod('AdminService', 'GetUnitStatus')
  getUnitStatus(@Parse(parseUnitStatusRequest) { vm, unit }: UnitOfVm, @Caller() caller: Caller): Promise<UnitStatus> {
    return this.agents.forShortCall(vm).unitStatus(unit, callerKey(caller));
  }
}
