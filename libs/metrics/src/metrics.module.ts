// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module, type DynamicModule } from '@nestjs/common';
import { Metrics } from './metrics.js';
import { MetricsServer } from './metrics-server.js';
import { ProcessMetrics } from './process-metrics.js';

/** Serves the metrics of a daemon; does nothing when the daemon is not configured to. */
@Module({})
export class MetricsModule {
  static forDaemon(metrics: Metrics): DynamicModule {
    return {
      module: MetricsModule,
      global: true,
      providers: [{ provide: Metrics, useValue: metrics }, ProcessMetrics, MetricsServer],
      exports: [Metrics],
    };
  }
}
