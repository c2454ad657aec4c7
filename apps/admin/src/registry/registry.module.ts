// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { HostElection } from './host-election.js';
import { InstanceReservations } from './instance-reservations.js';
import { PresenceService } from './presence.service.js';
import { RegistrationService } from './registration.service.js';
import { RegistryController } from './registry.controller.js';
import { MachineLog } from './machine-log.js';
import { RegistryLookup } from './registry-lookup.js';
import { RegistryStore } from './registry-store.js';
import { UnitCalls } from './unit-calls.js';
import { UnitRecorder } from './unit-recorder.js';
import { WatchService } from './watch.service.js';

/** Which machines, agents, units and applications there are: RegisterService, QueryList and Watch. */
@Module({
  controllers: [RegistryController],
  providers: [
    MachineLog,
    RegistryStore,
    RegistryLookup,
    InstanceReservations,
    UnitRecorder,
    UnitCalls,
    PresenceService,
    HostElection,
    RegistrationService,
    WatchService,
  ],
  exports: [
    RegistryStore,
    RegistryLookup,
    InstanceReservations,
    UnitRecorder,
    UnitCalls,
    PresenceService,
    HostElection,
    RegistrationService,
    WatchService,
  ],
})
export class RegistryModule {}
