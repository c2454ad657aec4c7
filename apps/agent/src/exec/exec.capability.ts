import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { ExecController } from './exec.controller.js';
import { ExecService } from './exec.service.js';

@Module({ controllers: [ExecController], providers: [ExecService] })
class ExecModule {}

/** Runs what `capabilities.exec.commands` lists. */
export const execCapability: Capability = {
  isEnabled: ({ capabilities }) => capabilities.exec.enable,
  services: ['exec.Exec'],
  module: ExecModule,
};
