// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod, Payload } from '@nestjs/microservices';
import { Access } from '@givc/access';
import { Call, type doctor, type ServerCall } from '@givc/rpc';
import { AgentSettings } from '../config/agent-settings.js';
import { assertPermitted } from '../proxy/assert-permitted.js';
import { DoctorService } from './doctor.service.js';

/** `doctor.Doctor`. */
@Controller()
export class DoctorController {
  constructor(
    private readonly checks: DoctorService,
    private readonly settings: AgentSettings,
    private readonly access: Access,
  ) {}

  /** Results show the configuration: without rules, they are for the admin alone. */
  @GrpcMethod('Doctor', 'RunChecks')
  runChecks(@Payload() _: doctor.RunChecksRequest, @Call() call: ServerCall): Promise<doctor.RunChecksResponse> {
    if (!this.access.rules) assertPermitted(call, this.settings.admin.name, 'run the checks of this machine');
    return this.checks.run();
  }
}
