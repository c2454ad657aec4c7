// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Access } from '@givc/access';
import { MachineClock, parseResults, runChecks } from '@givc/checks';
import { PendingRestart } from '@givc/daemon';
import { programVersion } from '@givc/model';
import { Coalesced } from '@givc/queue';
import { Dialer, GrpcServer, type doctor } from '@givc/rpc';
import { Systemd } from '@givc/systemd';
import { AgentConfig } from '../agent.config.js';
import { RegistrationService } from '../registration/registration.service.js';
import { accessChecks } from './access-checks.js';
import { adminChecks } from './admin-checks.js';
import { capabilityChecks } from './capability-checks.js';
import { programChecks } from './program-checks.js';
import { socketChecks } from './socket-checks.js';
import { unitChecks } from './unit-checks.js';

/** Runs the checks of this machine. Concurrent callers share one run. */
@Injectable()
export class DoctorService {
  readonly #shared = new Coalesced(() => this.#run());

  constructor(
    private readonly config: AgentConfig,
    private readonly access: Access,
    private readonly systemd: Systemd,
    private readonly dialer: Dialer,
    private readonly server: GrpcServer,
    private readonly registration: RegistrationService,
    private readonly pending: PendingRestart,
    private readonly clock: MachineClock,
  ) {}

  async run(): Promise<doctor.RunChecksResponse> {
    const results = await this.#shared.get();
    return { results, time_ms: this.clock.now(), version: programVersion };
  }

  async #run(): Promise<doctor.CheckResult[]> {
    const { config, access, systemd, dialer } = this;
    const results = await runChecks([
      ...accessChecks(config, access, this.server.addresses),
      ...this.pending.checks(config.settings.name),
      ...adminChecks(config.settings.admin, this.registration, dialer, () => access.certificateProblem()),
      ...unitChecks(config, systemd),
      ...programChecks(config),
      ...capabilityChecks(config, systemd),
      ...socketChecks(config, dialer),
    ]);
    return parseResults(results);
  }
}
