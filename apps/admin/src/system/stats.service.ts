// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { VmName } from '@givc/model';
import { stats } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryLookup } from '../registry/registry-lookup.js';
import { parseStats, parseSysinfo } from './agent-answers.js';

const rpc = stats.StatsServiceService;
/** The agent runs programs for the system information. */
const statsDeadlineMs = 5_000;
const sysinfoDeadlineMs = 10_000;

/** Statistics of machines, and information about the computer. */
@Injectable()
export class StatsService {
  constructor(
    private readonly lookup: RegistryLookup,
    private readonly agents: AgentConnections,
  ) {}

  async stats(vm: VmName): Promise<stats.StatsResponse> {
    return parseStats(await this.agents.forShortCall(vm).call(rpc.getStats, {}, { deadlineMs: statsDeadlineMs }));
  }

  /** The system information from the agent of the host. */
  async sysinfo(): Promise<stats.SysinfoResponse> {
    const host = this.agents.connection(this.lookup.host().machine);
    return parseSysinfo(await host.call(rpc.getSysinfo, {}, { deadlineMs: sysinfoDeadlineMs }));
  }
}
