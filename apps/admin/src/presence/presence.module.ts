// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { RegistryModule } from '../registry/registry.module.js';
import { PresenceService } from './presence.service.js';

/**
 * Whether each agent is present or lost. This is a separate module because the channels to agents and the lifecycle of
 * VMs depend on it, and the rest of `liveness` depends on those.
 */
@Module({
  imports: [RegistryModule],
  providers: [PresenceService],
  exports: [PresenceService],
})
export class PresenceModule {}
