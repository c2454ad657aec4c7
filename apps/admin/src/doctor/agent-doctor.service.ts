// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { check, checkClock, MachineClock, parseResults } from '@givc/checks';
import { parseText, type VmName } from '@givc/model';
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
  ) {}

  /** Rejects as `AgentConnection.call`: FAILED_PRECONDITION when the agent is too old to have checks. */
  async run(vm: VmName): Promise<doctor.RunChecksResponse> {
    const sentMs = this.clock.now();
    const connection = this.agents.forShortCall(vm);
    const { results, time_ms, version } = await connection.call(doctor.DoctorService.runChecks, { vm }, { deadlineMs });
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
}
