// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcStreamCall } from '@nestjs/microservices';
import { ExecService } from './exec.service.js';
import type { ExecCall } from './relay-command.js';

/** `exec.Exec`. */
@Controller()
export class ExecController {
  constructor(private readonly exec: ExecService) {}

  @GrpcStreamCall('Exec', 'RunCommand')
  runCommand(call: ExecCall): Promise<void> {
    return this.exec.run(call);
  }
}
