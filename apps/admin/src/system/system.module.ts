// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { LifecycleModule } from '../lifecycle/lifecycle.module.js';
import { PresenceModule } from '../presence/presence.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { PowerService } from './power.service.js';
import { SettingsService } from './settings.service.js';
import { StatsService } from './stats.service.js';
import { SystemController } from './system.controller.js';

/** The computer as a whole: power, locale, timezone, statistics. */
@Module({
  imports: [RegistryModule, PresenceModule, AgentsModule, LifecycleModule],
  controllers: [SystemController],
  providers: [PowerService, SettingsService, StatsService],
})
export class SystemModule {}
