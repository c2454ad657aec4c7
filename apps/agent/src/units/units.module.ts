// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { ApplicationsModule } from '../applications/applications.module.js';
import { RegistrationModule } from '../registration/registration.module.js';
import { TransientUnits } from './transient-units.js';
import { UnitMonitor } from './unit-monitor.js';
import { UnitsController } from './units.controller.js';
import { UnitsService } from './units.service.js';

/** Controls the units of this machine that the configuration allows. */
@Module({
  imports: [ApplicationsModule, RegistrationModule],
  controllers: [UnitsController],
  providers: [TransientUnits, UnitsService, UnitMonitor],
  exports: [TransientUnits],
})
export class UnitsModule {}
