import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { SocketProxiesService } from './socket-proxies.service.js';

@Module({ providers: [SocketProxiesService] })
class SocketProxyModule {}

/** Its services have listeners of their own. */
export const socketProxyCapability: Capability = {
  isEnabled: ({ capabilities }) => capabilities.socketProxy.enable,
  services: [],
  module: SocketProxyModule,
};
