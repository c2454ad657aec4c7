// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { ApplicationService } from './application.service.js';
import { MachineWatches } from './machine-watches.js';
import { LifecycleController } from './lifecycle.controller.js';
import { UnitStarter } from './unit-starter.js';
import { UnitController } from './unit.controller.js';
import { UnitStates } from './unit-states.js';
import { UnitService } from './unit.service.js';
import { VmService } from './vm.service.js';

/** Starts, stops, pauses and resumes VMs, applications and units. */
@Module({
  imports: [RegistryModule, PresenceModule, AgentsModule],
  controllers: [LifecycleController, UnitController],
  providers: [UnitStates, VmService, ApplicationService, MachineWatches, UnitStarter, UnitService],
  exports: [UnitStarter, VmService],
})
export class LifecycleModule {}
