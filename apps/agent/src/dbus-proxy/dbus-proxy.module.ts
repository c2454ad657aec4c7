// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { UnitsModule } from '../units/units.module.js';
import { DbusProxyConfig } from './dbus-proxy.config.js';
import { DbusProxyService } from './dbus-proxy.service.js';

/** Buses of this machine for others, behind filters. */
@Module({ imports: [UnitsModule], providers: [DbusProxyService] })
export class DbusProxyModule {
  static readonly Config = DbusProxyConfig;
  static readonly services: readonly ServiceName[] = [];
  /** This also ends proxies that an earlier configuration has left running. */
  static readonly isAlwaysOn = true;
}
