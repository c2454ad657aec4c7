import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { StatsController } from './stats.controller.js';
import { StatsService } from './stats.service.js';
import { SysinfoService } from './sysinfo.service.js';

@Module({ controllers: [StatsController], providers: [StatsService, SysinfoService] })
class StatsModule {}

/** Every agent has it. */
export const statsCapability: Capability = {
  isEnabled: () => true,
  services: ['stats.StatsService'],
  module: StatsModule,
};
