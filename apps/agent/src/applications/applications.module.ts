// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { RegistrationModule } from '../registration/registration.module.js';
import { ApplicationsService } from './applications.service.js';

/** Starts the applications that `capabilities.applications` declares. */
@Module({ imports: [RegistrationModule], providers: [ApplicationsService], exports: [ApplicationsService] })
export class ApplicationsModule {}
