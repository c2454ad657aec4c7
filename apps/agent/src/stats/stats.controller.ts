// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Controller } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { stats } from '@givc/rpc';
import { StatsService } from './stats.service.js';
import { SysinfoService } from './sysinfo.service.js';

/** `stats.StatsService`. */
@Controller()
export class StatsController {
  constructor(
    private readonly statistics: StatsService,
    private readonly machine: SysinfoService,
  ) {}

  @GrpcMethod('StatsService', 'GetStats')
  getStats(): Promise<stats.StatsResponse> {
    return this.statistics.stats();
  }

  @GrpcMethod('StatsService', 'GetSysinfo')
  getSysinfo(): Promise<stats.SysinfoResponse> {
    return this.machine.sysinfo();
  }
}
