// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { RegistrationModule } from '../registration/registration.module.js';
import { ResourcesController } from './resources.controller.js';
import { UnitUsages } from './unit-usages.js';

/** The resources that the units of this machine use, which every agent serves. */
@Module({
  imports: [RegistrationModule],
  controllers: [ResourcesController],
  providers: [UnitUsages],
  exports: [UnitUsages],
})
export class ResourcesModule {
  static readonly services: readonly ServiceName[] = ['resources.ResourcesService'];
}
