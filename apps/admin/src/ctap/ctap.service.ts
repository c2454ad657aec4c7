import { Injectable } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { FairQueue, type QueuedCall } from '@givc/queue';
import { ctap } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryStore } from '../registry/registry-store.js';
import { CtapConfig } from './ctap.config.js';

/** A little less than clients wait for somebody who touches the key. */
const personMs = 290_000;
const enabledBy = 'capabilities.ctap.enable';
/** Here, where the callers are known: for the agent all of them are the admin. */
const limits = {
  name: 'the security key',
  ...{ places: 1, ofCaller: 8, waiting: 32 },
  waitMs: personMs,
  deadlineMs: personMs + 5_000,
  contestedMs: 100_000,
  fix: 'try again later',
};

/** Passes what is asked of a security key, PINs among it, on to the machine that the configuration names, and no other. */
@Injectable()
export class CtapService {
  readonly #queue = new FairQueue(limits);

  constructor(
    private readonly config: CtapConfig,
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
  ) {}

  /** FAILED_PRECONDITION when that machine has no agent, or its agent does not serve security keys; RESOURCE_EXHAUSTED when too many wait. */
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
      this.agents.of(vm).call(ctap.CtapService.ctap, request, { deadlineMs: personMs, signal, enabledBy }),
    );
  }
}
