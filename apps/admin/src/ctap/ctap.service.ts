// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { FairQueue, type QueuedCall } from '@givc/queue';
import { ctap } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryStore } from '../registry/registry-store.js';
import { CtapConfig } from './ctap.config.js';

/** A little less than the timeout of clients, which wait for a person to touch the key. */
const touchMs = 290_000;
const enabledBy = 'capabilities.ctap.enable';
/** The limits are applied here, because the agent counts every call as one of the admin. */
const limits = {
  name: 'the security key',
  slots: 1,
  ofCaller: 8,
  waiting: 32,
  waitMs: touchMs,
  deadlineMs: touchMs + 5_000,
  contestedMs: 100_000,
  fix: 'try again later',
};

/** Passes requests for a security key, which may contain PINs, only to the machine that the configuration names. */
@Injectable()
export class CtapService {
  readonly #queue = new FairQueue(limits);

  constructor(
    private readonly config: CtapConfig,
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
  ) {}

  /**
   * FAILED_PRECONDITION when that machine has no agent, or its agent does not serve security keys; RESOURCE_EXHAUSTED
   * when too many wait.
   */
  async ask(request: ctap.CtapRequest, call: QueuedCall): Promise<ctap.CtapResponse> {
    const vm = this.config.ctapVm;
    const isRegistered = [...this.store.entries()].some(
      ({ type, machine }) => type.service === 'Mgr' && machine === vm,
    );
    if (!isRegistered)
      throw new GivcError(
        'FAILED_PRECONDITION',
        `${vm}, which --ctap-vm (GIVC_CTAP_VM) names, has no agent: ${enabledBy} of ${vm} enables security keys`,
      );
    return this.#queue.run(call, ({ signal }) =>
      this.agents.connection(vm).call(ctap.CtapService.ctap, request, { deadlineMs: touchMs, signal, enabledBy }),
    );
  }
}
