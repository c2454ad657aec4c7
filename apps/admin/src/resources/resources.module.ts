// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { LivenessModule } from '../liveness/liveness.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { ResourcesController } from './resources.controller.js';
import { ResourcesService } from './resources.service.js';

/** The resources that the units of all machines use. */
@Module({
  imports: [RegistryModule, AgentsModule, LivenessModule],
  controllers: [ResourcesController],
  providers: [ResourcesService],
})
export class ResourcesModule {}
