// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { formatAddress, transportOf, vmStatus, type VmName } from '@givc/model';
import type { report } from '@givc/rpc';
import { machineWithoutAgent } from '../registry/machine-without-agent.js';
import { RegistryStore } from '../registry/registry-store.js';
import { isAgent, type AgentEntry } from '../registry/registry-entry.js';
import { ReportService } from './report.service.js';

/** The machines of the registry, each with its agent. */
@Injectable()
export class MachinesService {
  constructor(
    private readonly store: RegistryStore,
    private readonly reports: ReportService,
  ) {}

  /** The machines in the order in which their first entries were registered. */
  list(): report.Machine[] {
    const machines = new Map<VmName, report.Machine>();
    for (const entry of this.store.entries()) {
      if (entry.type.service !== 'VM' && !isAgent(entry)) continue;
      const machine = machines.get(entry.vm) ?? machineWithoutAgent(entry);
      const fields = isAgent(entry) ? this.#agentFields(entry) : { vm_status: vmStatus(entry.status) };
      machines.set(entry.vm, { ...machine, ...fields });
    }
    return [...machines.values()];
  }

  #agentFields({ vm, presence, endpoint }: AgentEntry): Partial<report.Machine> {
    const agent = this.reports.agentOf(vm);
    return {
      agent_state: presence.state,
      last_seen_ms: agent && Math.round(performance.now() - agent.lastSeen),
      address: formatAddress(endpoint.address),
      transport: transportOf(endpoint),
      agent_version: agent?.agentVersion ?? '',
      protocol_version: agent?.protocolVersion ?? 0,
      applications: agent?.applications,
    };
  }
}
