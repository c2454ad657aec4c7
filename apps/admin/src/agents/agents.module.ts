// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { PresenceModule } from '../presence/presence.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { AgentConnections } from './agent-connections.js';
import { UnitStatusController } from './unit-status.controller.js';

/** One connection for each agent, and GetUnitStatus, which is passed on unchanged. */
@Module({
  imports: [RegistryModule, PresenceModule],
  controllers: [UnitStatusController],
  providers: [AgentConnections],
  exports: [AgentConnections],
})
export class AgentsModule {}
