// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { HwidConfig } from './hwid.config.js';
import { HwidController } from './hwid.controller.js';
import { HwidService } from './hwid.service.js';

/** The hardware id of this machine. */
@Module({ controllers: [HwidController], providers: [HwidService] })
export class HwidModule {
  static readonly Config = HwidConfig;
  static readonly services: readonly ServiceName[] = ['hwid.HwidService'];
}
