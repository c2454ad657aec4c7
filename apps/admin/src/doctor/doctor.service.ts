// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Access } from '@givc/access';
import { MachineClock, parseResults, runChecks } from '@givc/checks';
import { PendingRestart } from '@givc/daemon';
import { programVersion } from '@givc/model';
import { Coalesced } from '@givc/queue';
import { GrpcServer, type doctor } from '@givc/rpc';
import { AdminConfig } from '../admin.config.js';
import { AgentConnections } from '../agents/agent-connections.js';
import { MachinesService } from '../liveness/machines.service.js';
import { HostElection } from '../registry/host-election.js';
import { RegistryStore } from '../registry/registry-store.js';
import { accessChecks } from './access-checks.js';
import { fileChecks } from './file-checks.js';
import { machineChecks } from './machine-checks.js';
import { ruleChecks } from './rule-checks.js';

/** Runs the checks of the admin itself. Concurrent callers share one run. */
@Injectable()
export class DoctorService {
  readonly #shared = new Coalesced(() => this.#run());

  constructor(
    private readonly config: AdminConfig,
    private readonly access: Access,
    private readonly server: GrpcServer,
    private readonly store: RegistryStore,
    private readonly machines: MachinesService,
    private readonly host: HostElection,
    private readonly agents: AgentConnections,
    private readonly pending: PendingRestart,
    private readonly clock: MachineClock,
  ) {}

  async run(): Promise<doctor.RunChecksResponse> {
    const results = await this.#shared.get();
    return { results, time_ms: this.clock.now(), version: programVersion };
  }

  async #run(): Promise<doctor.CheckResult[]> {
    const { config, access, store } = this;
    const results = await runChecks([
      ...accessChecks(config, access, this.server.addresses),
      ...this.pending.checks(config.name),
      ...ruleChecks(config, access, store),
      ...fileChecks(config),
      ...machineChecks(config, {
        store,
        machines: this.machines,
        agents: this.agents,
        host: this.host.name,
        certificateProblem: () => access.certificateProblem(),
      }),
    ]);
    return parseResults(results);
  }
}
