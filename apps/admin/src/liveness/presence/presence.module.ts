// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { RegistryModule } from '../../registry/registry.module.js';
import { PresenceService } from './presence.service.js';

/**
 * When an agent is there, and when it is lost. It is a module of its own because the channels to agents and the lifecycle
 * of VMs, on which the rest of `liveness` depends, follow it.
 */
@Module({
  imports: [RegistryModule],
  providers: [PresenceService],
  exports: [PresenceService],
})
export class PresenceModule {}
