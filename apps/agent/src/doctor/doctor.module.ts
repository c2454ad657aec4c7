// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { MachineClock } from '@givc/checks';
import { RegistrationModule } from '../registration/registration.module.js';
import { DoctorController } from './doctor.controller.js';
import { DoctorService } from './doctor.service.js';

/** What is wrong with this machine and its configuration. */
@Module({
  imports: [RegistrationModule],
  controllers: [DoctorController],
  providers: [MachineClock, DoctorService],
})
export class DoctorModule {}
