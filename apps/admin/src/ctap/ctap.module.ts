// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { CtapController } from './ctap.controller.js';
import { CtapService } from './ctap.service.js';

/** Security keys. */
@Module({ imports: [RegistryModule, AgentsModule], controllers: [CtapController], providers: [CtapService] })
export class CtapModule {}
