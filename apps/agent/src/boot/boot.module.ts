// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { RegistrationModule } from '../registration/registration.module.js';
import { BootController } from './boot.controller.js';
import { BootService } from './boot.service.js';
import { SystemManager } from './system-manager.js';

/** The times of the last boot of this machine, which every agent serves. */
@Module({ imports: [RegistrationModule], controllers: [BootController], providers: [BootService, SystemManager] })
export class BootModule {
  static readonly services: readonly ServiceName[] = ['history.BootService'];
}
