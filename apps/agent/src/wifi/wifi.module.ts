// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { NetworkManager } from './network-manager.js';
import { NetworkManagerLink } from './network-manager-link.js';
import { WifiConfig } from './wifi.config.js';
import { WifiController } from './wifi.controller.js';
import { WifiService } from './wifi.service.js';

/** The radios of this machine, by NetworkManager. */
@Module({ controllers: [WifiController], providers: [NetworkManagerLink, NetworkManager, WifiService] })
export class WifiModule {
  static readonly Config = WifiConfig;
  static readonly services: readonly ServiceName[] = ['wifimanager.WifiService'];
}
