// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import type { ServiceName } from '@givc/rpc';
import { PolicyInstaller } from './policy-installer.js';
import { PolicyRecord } from './policy-record.js';
import { PolicyConfig } from './policy.config.js';
import { PolicyController } from './policy.controller.js';
import { PolicyService } from './policy.service.js';

/** Installs the policies that the admin sends. */
@Module({ controllers: [PolicyController], providers: [PolicyRecord, PolicyInstaller, PolicyService] })
export class PolicyModule {
  static readonly Config = PolicyConfig;
  static readonly services: readonly ServiceName[] = ['policyadmin.PolicyAdmin'];
}
