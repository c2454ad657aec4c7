// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { StatsController } from './stats.controller.js';
import { StatsService } from './stats.service.js';
import { SysinfoService } from './sysinfo.service.js';

/** The activity and the properties of this machine, which every agent serves. */
@Module({ controllers: [StatsController], providers: [StatsService, SysinfoService] })
export class StatsModule {
  static readonly services: readonly ServiceName[] = ['stats.StatsService'];
}
