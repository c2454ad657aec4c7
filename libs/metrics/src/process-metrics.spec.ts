// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import perfHooks, { type IntervalHistogram } from 'node:perf_hooks';
import type { GrpcServer } from '@givc/rpc';
import { Metrics } from './metrics.js';
import { ProcessMetrics } from './process-metrics.js';

const server = { connections: () => Promise.resolve(0) } as unknown as GrpcServer;

describe('the delays of the event loop', () => {
  const histogram = {
    count: 0,
    max: 0,
    percentile: jest.fn<number, [number]>(),
    enable: jest.fn(),
    disable: jest.fn(),
    reset: jest.fn(),
  };
  let metrics: Metrics;
  let subject: ProcessMetrics;
  const delays = async () =>
    [...(await metrics.text()).matchAll(/^givc_event_loop_delay_seconds\{stat="(\w+)"\} (.*)$/gm)].map(
      ([, stat, value]) => [stat, Number(value)],
    );

  beforeEach(async () => {
    const monitor = jest.spyOn(perfHooks, 'monitorEventLoopDelay');
    monitor.mockReturnValue(histogram as unknown as IntervalHistogram);
    metrics = await Metrics.load({ protocol: 'tcp', host: '127.0.0.1', port: 0 });
    subject = new ProcessMetrics(metrics, server);
    expect(monitor).toHaveBeenCalledWith({ resolution: 20 });
    monitor.mockRestore();
  });

  it("are measured since the last reading, in seconds beyond the timer's interval of 20 ms", async () => {
    expect(histogram.enable).toHaveBeenCalledTimes(1);
    Object.assign(histogram, { count: 3, max: 520e6 });
    histogram.percentile.mockImplementation((percentile) => (percentile === 50 ? 19e6 : 270e6));
    expect(await delays()).toEqual([
      ['p50', 0],
      ['p99', 0.25],
      ['max', 0.5],
    ]);
    expect(histogram.percentile.mock.calls).toEqual([[50], [99]]);
    expect(histogram.reset).toHaveBeenCalledTimes(1);
    await delays();
    expect(histogram.reset).toHaveBeenCalledTimes(2);
  });

  it('are zero when the timer has not fired since the last reading', async () => {
    Object.assign(histogram, { count: 0, max: 270e6 });
    histogram.percentile.mockReturnValue(270e6);
    expect(await delays()).toEqual([
      ['p50', 0],
      ['p99', 0],
      ['max', 0],
    ]);
  });

  it('are no longer measured once the daemon has ended', () => {
    subject.onApplicationShutdown();
    expect(histogram.disable).toHaveBeenCalledTimes(1);
  });
});

it('the start time of the process is in seconds since 1970', async () => {
  jest.useFakeTimers({ now: 1_000_000_000 });
  const uptime = jest.spyOn(process, 'uptime').mockReturnValue(250);
  try {
    await jest.isolateModulesAsync(async () => {
      const door = await import('./process-metrics.js');
      const metrics = await Metrics.load({ protocol: 'tcp', host: '127.0.0.1', port: 0 });
      new door.ProcessMetrics(metrics, server).onApplicationShutdown();
      expect(await metrics.text()).toMatch(/^process_start_time_seconds 999750$/m);
    });
  } finally {
    uptime.mockRestore();
    jest.useRealTimers();
  }
});
