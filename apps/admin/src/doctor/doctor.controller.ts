// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller, UseInterceptors } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import { parseVmName, type VmName } from '@givc/model';
import { Parse, type doctor } from '@givc/rpc';
import { OnBehalfInterceptor } from '../agents/on-behalf.js';
import { AgentDoctorService } from './agent-doctor.service.js';
import { DoctorService } from './doctor.service.js';

interface Checked {
  readonly vm: VmName | undefined;
}

function parseRequest({ vm }: doctor.RunChecksRequest): Checked {
  return { vm: vm === '' ? undefined : parseVmName('vm', vm) };
}

/** `doctor.Doctor`: the admin's own checks, or those of the agent of a machine. */
@Controller()
export class DoctorController {
  constructor(
    private readonly own: DoctorService,
    private readonly agents: AgentDoctorService,
  ) {}

  @GrpcMethod('Doctor', 'RunChecks')
  @UseInterceptors(OnBehalfInterceptor)
  runChecks(@Parse(parseRequest) { vm }: Checked): Promise<doctor.RunChecksResponse> {
    return vm === undefined ? this.own.run() : this.agents.run(vm);
  }
}
