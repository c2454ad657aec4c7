// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { RegistrationModule } from '../registration/registration.module.js';
import { UnitMonitor } from './unit-monitor.js';
import { UnitsController } from './units.controller.js';
import { UnitsService } from './units.service.js';

/** Controls the units of this machine that the configuration allows. */
@Module({
  imports: [ApplicationsModule, RegistrationModule],
  controllers: [UnitsController],
  providers: [UnitsService, UnitMonitor],
})
export class UnitsModule {}
