// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { JournalController } from './journal.controller.js';
import { JournalService } from './journal.service.js';

/** The journals of machines, which their agents read. */
@Module({ imports: [RegistryModule, AgentsModule], controllers: [JournalController], providers: [JournalService] })
export class JournalModule {}
