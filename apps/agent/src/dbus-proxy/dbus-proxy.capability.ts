import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { DbusProxyService } from './dbus-proxy.service.js';

@Module({ providers: [DbusProxyService] })
class DbusProxyModule {}

export const dbusProxyCapability: Capability = {
  /** Also without entries: what an earlier configuration has left running must end. */
  isEnabled: () => true,
  services: [],
  module: DbusProxyModule,
};
