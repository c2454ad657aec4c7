// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { Access } from '@givc/access';
import { adviceFor, check, checkClock, MachineClock, parseResults } from '@givc/checks';
import { formatAddress, GivcError, parseText, type VmName } from '@givc/model';
import { doctor } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';

/** Longer than the checks of an agent take. */
const deadlineMs = 10_000;

/** Passes the request on to agents, and compares their clocks with that of the admin. */
@Injectable()
export class AgentDoctorService {
  constructor(
    private readonly agents: AgentConnections,
    private readonly clock: MachineClock,
    private readonly access: Access,
  ) {}

  /** Rejects as `AgentConnection.call`: FAILED_PRECONDITION when the agent is too old to have checks. */
  async run(vm: VmName): Promise<doctor.RunChecksResponse> {
    const sentMs = this.clock.now();
    const { results, time_ms, version } = await this.#ask(vm);
    const receivedMs = this.clock.now();
    return {
      results: [
        check('agent-channel', vm).ok('answers the admin'),
        checkClock(vm, sentMs, time_ms, receivedMs),
        ...parseResults(results),
      ],
      time_ms,
      version: parseText(version, 64),
    };
  }

  /** The error for a certificate, or TLS itself, has the fix. */
  async #ask(vm: VmName): Promise<doctor.RunChecksResponse> {
    const connection = this.agents.forShortCall(vm);
    try {
      return await connection.call(doctor.DoctorService.runChecks, { vm }, { deadlineMs });
    } catch (error) {
      const { message, fix, isOfTls } = adviceFor(error, await this.access.certificateProblem());
      if (!isOfTls) throw error;
      const at = formatAddress(connection.endpoint.address);
      throw new GivcError('UNAVAILABLE', `the agent of ${vm} (${at}) ${message}`, {
        cause: error,
        info: { reason: 'AGENT_TLS', metadata: { fix } },
      });
    }
  }
}
