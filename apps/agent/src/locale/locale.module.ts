// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { LocaleController } from './locale.controller.js';
import { LocaleService } from './locale.service.js';

/** Language and timezone; every agent has them, because the computer has one language. */
@Module({ controllers: [LocaleController], providers: [LocaleService] })
export class LocaleModule {
  static readonly services: readonly ServiceName[] = ['locale.LocaleClient'];
}
