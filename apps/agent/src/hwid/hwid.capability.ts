import { Controller, Module } from '@nestjs/common';
import { GrpcMethod } from '@nestjs/microservices';
import type { hwid } from '@givc/rpc';
import type { Capability } from '../capability.js';
import { HwidService } from './hwid.service.js';

/** `hwid.HwidService`. */
@Controller()
class HwidController {
  constructor(private readonly hwid: HwidService) {}

  @GrpcMethod('HwidService', 'GetHwId')
  async getHwId(): Promise<hwid.HwIdResponse> {
    return { Identifier: await this.hwid.identifier() };
  }
}

@Module({ controllers: [HwidController], providers: [HwidService] })
class HwidModule {}

export const hwidCapability: Capability = {
  isEnabled: ({ capabilities }) => capabilities.hwid.enable,
  services: ['hwid.HwidService'],
  module: HwidModule,
};
