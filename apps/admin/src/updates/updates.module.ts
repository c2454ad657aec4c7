// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { OtaUpdate } from './ota-update.js';
import { UpdatesController } from './updates.controller.js';
import { UpdatesService } from './updates.service.js';

/** Generations of the host's system. */
@Module({
  imports: [RegistryModule, AgentsModule],
  controllers: [UpdatesController],
  providers: [OtaUpdate, UpdatesService],
})
export class UpdatesModule {}
