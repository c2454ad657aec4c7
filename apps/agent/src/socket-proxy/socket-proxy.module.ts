// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { SocketProxyConfig } from './socket-proxy.config.js';
import { SocketProxyService } from './socket-proxy.service.js';

/** Sockets between two machines; each that is served here has a listener of its own. */
@Module({ providers: [SocketProxyService] })
export class SocketProxyModule {
  static readonly Config = SocketProxyConfig;
  static readonly services: readonly ServiceName[] = [];
}
