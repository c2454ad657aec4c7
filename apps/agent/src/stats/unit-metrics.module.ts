// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Module } from '@nestjs/common';
import { ResourcesModule } from '../resources/resources.module.js';
import { UnitMetrics } from './unit-metrics.js';

/** The metrics of the units of this machine; only an agent that serves metrics imports it. */
@Module({ imports: [ResourcesModule], providers: [UnitMetrics] })
export class UnitMetricsModule {}
