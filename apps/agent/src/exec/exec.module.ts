// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { ExecConfig } from './exec.config.js';
import { ExecController } from './exec.controller.js';
import { ExecService } from './exec.service.js';

/** Runs what `capabilities.exec.commands` lists. */
@Module({ controllers: [ExecController], providers: [ExecService] })
export class ExecModule {
  static readonly Config = ExecConfig;
  static readonly services: readonly ServiceName[] = ['exec.Exec'];
}
