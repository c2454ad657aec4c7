// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { HostElection } from './host-election.js';
import { InstanceReservations } from './instance-reservations.js';
import { MachineLog } from './machine-log.js';
import { RegistryController } from './registry.controller.js';
import { RegistryLookup } from './registry-lookup.js';
import { RegistryStore } from './registry-store.js';
import { UnitCalls } from './unit-calls.js';
import { UnitRecorder } from './unit-recorder.js';
import { WatchService } from './watch.service.js';

const providers = [
  RegistryStore,
  RegistryLookup,
  InstanceReservations,
  UnitRecorder,
  UnitCalls,
  HostElection,
  MachineLog,
  WatchService,
];

/** The machines, agents, units and applications of the computer: QueryList and Watch. */
@Module({ controllers: [RegistryController], providers, exports: providers })
export class RegistryModule {}
