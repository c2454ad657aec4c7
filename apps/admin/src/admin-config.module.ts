// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { AdminConfig } from './admin.config.js';
import { CtapConfig } from './ctap/ctap.config.js';
import { LifecycleConfig } from './lifecycle/lifecycle.config.js';
import { LivenessConfig } from './liveness/liveness.config.js';
import { RegistrationConfig } from './registration/registration.config.js';
import { RegistryConfig } from './registry/registry.config.js';
import { SettingsConfig } from './system/system.config.js';

/** Provides each module with its part of the admin's configuration. */
@Module({})
export class AdminConfigModule {
  static register(config: AdminConfig): DynamicModule {
    const parts = [RegistryConfig, RegistrationConfig, LifecycleConfig, LivenessConfig, CtapConfig];
    return {
      module: AdminConfigModule,
      global: true,
      providers: [
        ...parts.map((part) => ({ provide: part, useValue: config })),
        { provide: AdminConfig, useValue: config },
        { provide: SettingsConfig, useValue: config.settings },
      ],
      exports: [...parts, AdminConfig, SettingsConfig],
    };
  }
}
