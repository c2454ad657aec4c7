// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RegistrationModule } from '../registration/registration.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { MachinesController } from './machines.controller.js';
import { MachinesService } from './machines.service.js';
import { ManagedVmsService } from './managed-vms.service.js';
import { PollingService } from './polling.service.js';
import { RecoveryService } from './recovery.service.js';
import { ReportController } from './report.controller.js';
import { ReportService } from './report.service.js';

/** The liveness of agents and VMs: report streams, polling of agents without a stream, and recovery of crashed VMs. */
@Module({
  imports: [RegistryModule, RegistrationModule, PresenceModule, AgentsModule, LifecycleModule],
  controllers: [ReportController, MachinesController],
  providers: [ReportService, MachinesService, PollingService, RecoveryService, ManagedVmsService],
  exports: [RecoveryService, ReportService, MachinesService],
})
export class LivenessModule {}
