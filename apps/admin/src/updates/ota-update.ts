// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { errorOfStatus, exec, type CallError, type CallSettings } from '@givc/rpc';
import type { AgentConnection } from '../agents/agent-connection.js';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryLookup } from '../registry/registry-lookup.js';

export interface ProgramOutput {
  readonly from: 'Stdout' | 'Stderr';
  readonly bytes: Buffer;
}

const enabledBy = 'capabilities.exec.enable';
const allowedBy = 'capabilities.exec.commands';

/** A denial by the host's agent is a mistake of its configuration, not of the caller. */
function explained(error: unknown, host: AgentConnection, settings: CallSettings): unknown {
  if (!(error instanceof GivcError && error.reason === 'PERMISSION_DENIED'))
    return host.explain(error, { ...settings, enabledBy });
  const isByRule = error.info?.reason === 'DENIED_BY_RULES';
  const fix = isByRule ? 'its access rules' : `${allowedBy} in its configuration`;
  return new GivcError(
    'FAILED_PRECONDITION',
    `the agent of ${host.vm} may not run ota-update as it has to, which ${fix} would allow: ${error.message}`,
    { cause: error },
  );
}

/** The program `ota-update` of the host, which its agent runs. */
@Injectable()
export class OtaUpdate {
  constructor(
    private readonly lookup: RegistryLookup,
    private readonly agents: AgentConnections,
  ) {}

  /**
   * The output of the program, as it comes, with backpressure. Returns when the program has succeeded. Throws INTERNAL
   * when it has failed, FAILED_PRECONDITION that names the host and what is missing there, and UNAVAILABLE when the
   * host cannot be reached. Leaving the iteration ends the program. Errors never contain its arguments.
   */
  async *run(args: readonly string[], settings: CallSettings = {}): AsyncGenerator<ProgramOutput, void, undefined> {
    const host = this.agents.connection(this.lookup.host().machine);
    const call = host.duplex(exec.ExecService.runCommand, settings);
    const start = { Command: 'ota-update', Arguments: [...args], EnvVars: {} };
    call.end({ Command: { $case: 'Start', value: start } });
    let status: number | undefined;
    try {
      for await (const { Event } of call as AsyncIterable<exec.CommandResponse>) {
        if (Event?.$case === 'Finished') status = Event.value.ReturnCode;
        else if (Event?.$case === 'Stdout' || Event?.$case === 'Stderr')
          yield { from: Event.$case, bytes: Event.value.Payload };
      }
    } catch (error) {
      throw explained(errorOfStatus(error as CallError), host, settings);
    } finally {
      call.cancel();
    }
    if (status !== 0) {
      const how = status === undefined ? 'ended without a status' : `ended with status ${status}`;
      throw new GivcError('INTERNAL', `ota-update on ${host.vm} ${how}`);
    }
  }
}
