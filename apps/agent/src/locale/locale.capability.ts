import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { LocaleController } from './locale.controller.js';
import { LocaleService } from './locale.service.js';

@Module({ controllers: [LocaleController], providers: [LocaleService] })
class LocaleModule {}

/** Every agent has it: the computer speaks one language. */
export const localeCapability: Capability = {
  isEnabled: () => true,
  services: ['locale.LocaleClient'],
  module: LocaleModule,
};
