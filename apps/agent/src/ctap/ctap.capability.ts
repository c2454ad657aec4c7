import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { CtapController } from './ctap.controller.js';
import { CtapService } from './ctap.service.js';

@Module({ controllers: [CtapController], providers: [CtapService] })
class CtapModule {}

/** Security keys that are plugged into this machine. */
export const ctapCapability: Capability = {
  isEnabled: ({ capabilities }) => capabilities.ctap.enable,
  services: ['ctap.Ctap'],
  module: CtapModule,
};
