// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { callMetrics } from './call-metrics.js';
import { Metrics } from './metrics.js';

const listen = { protocol: 'tcp', host: '127.0.0.1', port: 0 } as const;

describe('metrics', () => {
  it('are not even loaded before the first scrape', async () => {
    let isLoaded = false;
    const prometheus = jest.requireActual<object>('prom-client');
    jest.doMock('prom-client', () => {
      isLoaded = true;
      return prometheus;
    });
    await jest.isolateModulesAsync(async () => {
      const door = await import('./index.js');
      door.metricsOption();
      expect(isLoaded).toBe(false);
      await door.Metrics.load(listen);
      expect(isLoaded).toBe(true);
    });
  });

  it('are read only at each scrape', async () => {
    const metrics = await Metrics.load(listen);
    let looks = 0;
    metrics.gauge('one', 'One.', () => ++looks);
    let entries: [string, number][] = [['a', 1]];
    metrics.gauges('some', 'Some.', 'letter', () => entries);
    metrics.readCounters('all_total', 'All.', 'letter', () => entries);
    expect(looks).toBe(0);
    expect(await metrics.text()).toMatch(/^one 1$[^]*^some\{letter="a"\} 1$[^]*^all_total\{letter="a"\} 1$/m);
    entries = [['b', 2]];
    const text = await metrics.text();
    expect(text).toMatch(/^one 2$[^]*^some\{letter="b"\} 2$[^]*^all_total\{letter="b"\} 2$/m);
    expect(text).not.toContain('letter="a"');
  });

  it('count calls by their status, and measure unary calls', async () => {
    const metrics = await Metrics.load(listen);
    const calls = callMetrics(metrics);
    const end = calls.began('a.B/C', true);
    calls.began('a.B/Watch', false);
    expect(await metrics.text()).toContain('givc_rpc_open_calls 2');
    end('OK');
    calls.began('a.B/Watch', false)('CANCELLED');
    const text = await metrics.text();
    expect(text).toContain('givc_rpc_open_calls 1');
    expect(text).toContain('givc_rpc_calls_total{rpc="a.B/C",code="OK"} 1');
    expect(text).toContain('givc_rpc_calls_total{rpc="a.B/Watch",code="CANCELLED"} 1');
    expect(text).toContain('givc_rpc_duration_seconds_count{rpc="a.B/C"} 1');
    expect(text).not.toContain('givc_rpc_duration_seconds_count{rpc="a.B/Watch"}');
  });
});
