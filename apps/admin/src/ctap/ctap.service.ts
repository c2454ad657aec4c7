import { Injectable } from '@nestjs/common';
import { GivcError } from '@givc/model';
import { ctap } from '@givc/rpc';
import { AdminConfig } from '../admin.config.js';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryStore } from '../registry/registry-store.js';

/** A little less than clients wait for somebody who touches the key. */
const personMs = 290_000;
const enabledBy = 'capabilities.ctap.enable';

/** Passes what is asked of a security key, PINs among it, on to the machine that the configuration names, and no other. */
@Injectable()
export class CtapService {
  constructor(
    private readonly config: AdminConfig,
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
  ) {}

  /** FAILED_PRECONDITION when that machine has no agent, or its agent does not serve security keys. */
  async ask(request: ctap.CtapRequest, signal: AbortSignal): Promise<ctap.CtapResponse> {
    const vm = this.config.ctapVm;
    const isRegistered = [...this.store.entries()].some(
      ({ type, machine }) => type.service === 'Mgr' && machine === vm,
    );
    if (!isRegistered)
      throw new GivcError(
        'FAILED_PRECONDITION',
        `${vm}, which --ctap-vm (GIVC_CTAP_VM) names, has no agent: ${enabledBy} of ${vm} enables security keys`,
      );
    return this.agents.of(vm).call(ctap.CtapService.ctap, request, { deadlineMs: personMs, signal, enabledBy });
  }
}
