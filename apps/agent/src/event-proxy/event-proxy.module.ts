// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { InputDevices, KernelInputDevices } from '@givc/input';
import type { ServiceName } from '@givc/rpc';
import { EventProxyConfig } from './event-proxy.config.js';
import { EventProxyService } from './event-proxy.service.js';

/** Input devices of one machine in another; each consumer has a listener of its own. */
@Module({ providers: [EventProxyService, { provide: InputDevices, useClass: KernelInputDevices }] })
export class EventProxyModule {
  static readonly Config = EventProxyConfig;
  static readonly services: readonly ServiceName[] = [];
}
