// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { report } from '@givc/rpc';
import { MachinesService } from './machines.service.js';

/** `report.Machines`. */
@Controller()
export class MachinesController {
  constructor(private readonly machines: MachinesService) {}

  @GrpcMethod('Machines', 'ListMachines')
  listMachines(): report.ListMachinesResponse {
    return { machines: this.machines.list() };
  }
}
