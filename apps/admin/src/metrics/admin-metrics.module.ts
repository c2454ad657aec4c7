// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { MetricsModule, type Metrics } from '@givc/metrics';
import { LivenessModule } from '../liveness/liveness.module.js';
import { RegistryModule } from '../registry/registry.module.js';
import { AdminMetrics } from './admin-metrics.js';

/** Serves the metrics of the admin. */
@Module({})
export class AdminMetricsModule {
  static register(metrics: Metrics): DynamicModule {
    return {
      module: AdminMetricsModule,
      imports: [MetricsModule.forDaemon(metrics), RegistryModule, LivenessModule],
      providers: [AdminMetrics],
    };
  }
}
