// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Metrics } from '@givc/metrics';
import type { HostElection } from '../registry/host-election.js';
import type { RecoveryService } from '../liveness/recovery.service.js';
import type { ReportService } from '../liveness/report.service.js';
import type { WatchService } from '../registry/watch.service.js';
import type { RegistryStore } from '../registry/registry-store.js';
import { AdminMetrics } from './admin-metrics.js';

const now = 1_000_000;

describe('the delay of events', () => {
  let metrics: Metrics;
  /** An event that systemd signalled at this time, by the clock of the agent's machine. */
  let event: (sinceMs: number) => void;
  const delays = async () => {
    const [, sum, count] = /_seconds_sum (.*)\n[^]*_seconds_count (.*)\n/.exec(
      (await metrics.text()).split('# HELP givc_event_delay_seconds')[1]!,
    )!;
    return { seconds: Number(sum), events: Number(count) };
  };

  beforeEach(async () => {
    jest.useFakeTimers({ now, doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    metrics = await Metrics.load({ protocol: 'tcp', host: '127.0.0.1', port: 0 });
    const reports = { onUpdated: (listener: typeof event) => (event = listener) };
    new AdminMetrics(
      metrics,
      { entries: () => [] } as unknown as RegistryStore,
      { count: 0, backlog: 0 } as WatchService,
      { restarts: () => [] } as unknown as RecoveryService,
      reports as unknown as ReportService,
      { rejectedClaims: 0 } as HostElection,
    );
  });
  afterEach(() => jest.useRealTimers());

  it("is measured from systemd's signal until the registry has the change, in seconds", async () => {
    event(now - 1_500);
    event(now - 250);
    event(now);
    expect(await delays()).toEqual({ seconds: 1.75, events: 3 });
  });

  it('is not counted when the signal has no time, or a time in the future', async () => {
    event(0);
    event(now + 1);
    expect(await delays()).toEqual({ seconds: 0, events: 0 });
  });
});
