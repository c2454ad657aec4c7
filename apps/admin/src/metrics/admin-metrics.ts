// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Metrics } from '@givc/metrics';
import { RecoveryService } from '../liveness/recovery.service.js';
import { ReportService } from '../liveness/report.service.js';
import { HostElection } from '../registry/host-election.js';
import { presenceStates, type PresenceState } from '../registry/agent-presence.js';
import { RegistryStore } from '../registry/registry-store.js';
import { WatchService } from '../registry/watch.service.js';

const secondsOfEvent = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Metrics of the registry, its watchers, the recovery of VMs and the reports. */
@Injectable()
export class AdminMetrics {
  constructor(
    metrics: Metrics,
    private readonly store: RegistryStore,
    watches: WatchService,
    recovery: RecoveryService,
    reports: ReportService,
    host: HostElection,
  ) {
    metrics.gauges('givc_agents', 'Agents that are registered, as by report.Machines.', 'state', () => this.#agents());
    metrics.gauges('givc_registry_entries', 'Entries of the registry, by ServiceType.', 'type', () => this.#entries());
    metrics.gauge('givc_watchers', 'Calls of Watch that are open.', () => watches.count);
    metrics.gauge(
      'givc_watch_backlog_entries',
      'Changes that wait for watchers that do not read, in total.',
      () => watches.backlog,
    );
    metrics.readCounters(
      'givc_vm_restarts_total',
      'Restarts of VMs that had crashed, including those that failed.',
      'vm',
      () => recovery.restarts(),
    );
    metrics.readCounter(
      'givc_host_claims_refused_total',
      'Registrations as the host that were rejected.',
      () => host.rejectedClaims,
    );
    const delays = metrics.histogram(
      'givc_event_delay_seconds',
      "From systemd's signal to an agent until the registry has it. The clocks of both machines must be synchronized; negative delays are not counted.",
      secondsOfEvent,
      [],
    );
    reports.onUpdated((sinceMs) => {
      const ms = Date.now() - sinceMs;
      if (sinceMs > 0 && ms >= 0) delays.observe(ms / 1_000);
    });
  }

  #agents(): Iterable<[string, number]> {
    const count = new Map<PresenceState, number>(presenceStates.map((state) => [state, 0]));
    for (const { presence } of this.store.entries())
      if (presence) count.set(presence.state, count.get(presence.state)! + 1);
    return count;
  }

  #entries(): Iterable<[string, number]> {
    const count = new Map<string, number>([
      ['Mgr', 0],
      ['Svc', 0],
      ['App', 0],
      ['VM', 0],
    ]);
    for (const { type } of this.store.entries()) count.set(type.service, count.get(type.service)! + 1);
    return count;
  }
}
