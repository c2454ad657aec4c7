// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { NotifyController } from './notify.controller.js';
import { NotifyService } from './notify.service.js';

/** Notifications for the users of a machine. */
@Module({ imports: [AgentsModule], controllers: [NotifyController], providers: [NotifyService] })
export class NotifyModule {}
