// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { JournalConfig } from './journal.config.js';
import { JournalController } from './journal.controller.js';
import { JournalService } from './journal.service.js';
import { Journal } from './journal.js';
import { Journalctl } from './journalctl.js';

/** The journal of the units that the agent may control. */
@Module({
  controllers: [JournalController],
  providers: [JournalService, { provide: Journal, useFactory: () => new Journalctl('journalctl') }],
})
export class JournalModule {
  static readonly Config = JournalConfig;
  static readonly services: readonly ServiceName[] = ['journal.JournalService'];
}
