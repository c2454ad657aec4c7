// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { HostElection } from './host-election.js';
import { PresenceService } from './presence.service.js';
import { RegistryController } from './registry.controller.js';
import { RegistryService } from './registry.service.js';
import { RegistryStore } from './registry-store.js';
import { WatchService } from './watch.service.js';

/** Which machines, agents, units and applications there are: RegisterService, QueryList and Watch. */
@Module({
  controllers: [RegistryController],
  providers: [RegistryStore, PresenceService, HostElection, RegistryService, WatchService],
  exports: [RegistryStore, PresenceService, HostElection, RegistryService, WatchService],
})
export class RegistryModule {}
