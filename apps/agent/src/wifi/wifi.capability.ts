import { Module } from '@nestjs/common';
import type { Capability } from '../capability.js';
import { NetworkManager } from './network-manager.js';
import { NetworkManagerLink } from './network-manager-link.js';
import { WifiController } from './wifi.controller.js';
import { WifiService } from './wifi.service.js';

@Module({ controllers: [WifiController], providers: [NetworkManagerLink, NetworkManager, WifiService] })
class WifiModule {}

/** The radios of this machine, by NetworkManager. */
export const wifiCapability: Capability = {
  isEnabled: ({ capabilities }) => capabilities.wifi.enable,
  services: ['wifimanager.WifiService'],
  module: WifiModule,
};
