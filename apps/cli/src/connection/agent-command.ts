// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { AdminClient } from '@givc/client';
import { GivcError, parseEndpoint, unknownVm, type Endpoint, type VmName } from '@givc/model';
import { GrpcDialer, RpcChannel, TlsIdentity } from '@givc/rpc';
import { AdminCommand } from './admin-command.js';
import { explainAgent } from './explain.js';
import { inWordsOf } from '../usage/request-fields.js';

/**
 * A command that calls the agent of a machine directly, because the admin has no rpc for it; the admin provides the
 * endpoint.
 */
export abstract class AgentCommand extends AdminCommand {
  /**
   * Runs `work` with a channel to the agent of `vm`. `enabledBy` is the key of the agent's configuration that enables
   * the rpc.
   */
  protected async withAgent<T>(vm: VmName, enabledBy: string, work: (agent: RpcChannel) => Promise<T>): Promise<T> {
    const { tls, own } = this.connection();
    const endpoint = await this.withAdmin((admin) => endpointOf(admin, vm));
    const agent = new RpcChannel(endpoint, new GrpcDialer(tls && new TlsIdentity(tls())));
    try {
      return await work(agent);
    } catch (error) {
      if (error instanceof GivcError && error.reason === 'UNIMPLEMENTED')
        throw new GivcError(
          'FAILED_PRECONDITION',
          `the agent of ${vm} does not offer this; ${enabledBy} in its configuration enables it`,
          { cause: error },
        );
      throw explainAgent(inWordsOf(this.command, error), endpoint, own);
    } finally {
      agent.close();
    }
  }
}

/** NOT_FOUND when the admin knows no such machine, or no agent of it. */
async function endpointOf(admin: AdminClient, vm: VmName): Promise<Endpoint> {
  const { machines } = await admin.listMachines();
  const machine = machines.find(({ name }) => name === vm);
  if (!machine) throw unknownVm(vm);
  if (!machine.transport) throw new GivcError('UNAVAILABLE', `${vm} has no agent: is it running?`);
  return parseEndpoint('Transport', machine.transport);
}
