// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { MachineClock } from '@givc/checks';
import { PendingRestart } from '@givc/daemon';
import { AgentsModule } from '../agents/agents.module.js';
import { LivenessModule } from '../liveness/liveness.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { AgentDoctorService } from './agent-doctor.service.js';
import { DoctorController } from './doctor.controller.js';
import { DoctorService } from './doctor.service.js';

/** What is wrong with the admin, its machines and their agents. */
@Module({})
export class DoctorModule {
  static register(pending: PendingRestart): DynamicModule {
    return {
      module: DoctorModule,
      imports: [RegistryModule, AgentsModule, LivenessModule],
      controllers: [DoctorController],
      providers: [MachineClock, DoctorService, AgentDoctorService, { provide: PendingRestart, useValue: pending }],
    };
  }
}
