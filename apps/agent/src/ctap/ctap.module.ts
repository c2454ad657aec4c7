// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { CtapConfig } from './ctap.config.js';
import { CtapController } from './ctap.controller.js';
import { CtapService } from './ctap.service.js';

/** Security keys that are plugged into this machine. */
@Module({ controllers: [CtapController], providers: [CtapService] })
export class CtapModule {
  static readonly Config = CtapConfig;
  static readonly services: readonly ServiceName[] = ['ctap.Ctap'];
}
