// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { BootId } from './boot-id.js';
import { ConfiguredUnits } from './configured-units.js';
import { RegistrationService } from './registration.service.js';
import { TrackedUnits } from './tracked-units.js';

/** Registers this agent and its units with the admin, and reports the changes of the units. */
@Module({
  providers: [{ provide: BootId, useFactory: () => BootId.read() }, TrackedUnits, ConfiguredUnits, RegistrationService],
  exports: [TrackedUnits, RegistrationService],
})
export class RegistrationModule {}
