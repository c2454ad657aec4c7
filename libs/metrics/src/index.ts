// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

export { callMetrics } from './call-metrics.js';
export { Metrics } from './metrics.js';
export type { MetricsAddress } from './metrics-address.js';
export { MetricsModule } from './metrics.module.js';
export { metricsOption } from './metrics-option.js';
export { MetricsServer } from './metrics-server.js';
