// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { programVersion } from '@givc/model';
import { GrpcServer } from '@givc/rpc';
import { Metrics } from './metrics.js';

/** The interval at which the event loop is measured; shorter blocks may not be seen. */
const intervalMs = 20;

/**
 * The metrics that every daemon has. prom-client's own default metrics are not used: their delay of the event loop
 * includes the interval of the measuring timer, and that timer wakes the process a hundred times a second. Equivalent
 * metrics have the same name.
 */
@Injectable()
export class ProcessMetrics implements OnApplicationShutdown {
  readonly #delay = monitorEventLoopDelay({ resolution: intervalMs });

  constructor(metrics: Metrics, server: GrpcServer) {
    metrics.gauges('givc_build_info', 'Always 1; the version of this program.', 'version', () => [[programVersion, 1]]);
    metrics.gauge('givc_rpc_connections', 'Open connections of callers.', () => server.connections());
    metrics.gauges('givc_event_loop_delay_seconds', 'Delay of the event loop since the last scrape.', 'stat', () =>
      this.#delays(),
    );
    metrics.gauge('process_resident_memory_bytes', 'Resident memory.', () => process.memoryUsage.rss());
    metrics.gauge('nodejs_heap_size_used_bytes', "Memory of V8's heap that is used.", () => {
      return process.memoryUsage().heapUsed;
    });
    metrics.gauge(
      'nodejs_external_memory_bytes',
      'Memory of what the heap refers to outside it, buffers included.',
      () => {
        return process.memoryUsage().external;
      },
    );
    metrics.readCounter('process_cpu_seconds_total', 'Time of the CPU, user and system.', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1_000_000;
    });
    metrics.gauge('process_start_time_seconds', 'When this process started, since 1970.', () => startedAt);
    this.#delay.enable();
  }

  onApplicationShutdown(): void {
    this.#delay.disable();
  }

  #delays(): [string, number][] {
    const { count, max } = this.#delay;
    const delay = (nanoseconds: number) => (count === 0 ? 0 : Math.max(0, nanoseconds / 1e9 - intervalMs / 1e3));
    const delays: [string, number][] = [
      ['p50', delay(this.#delay.percentile(50))],
      ['p99', delay(this.#delay.percentile(99))],
      ['max', delay(max)],
    ];
    this.#delay.reset();
    return delays;
  }
}

const startedAt = Date.now() / 1_000 - process.uptime();
