import { Injectable } from '@nestjs/common';
import { GivcError, type VmName } from '@givc/model';
import { ctap } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryStore } from '../registry/registry-store.js';

/** Where keys are plugged in, if there is such a machine. */
const guiVm = 'gui-vm' as VmName;
/** A little less than clients wait for somebody who touches the key. */
const personMs = 290_000;
const enabledBy = 'capabilities.ctap.enable';

const isUnimplemented = (error: unknown): boolean =>
  error instanceof GivcError && error.cause instanceof GivcError && error.cause.reason === 'UNIMPLEMENTED';

/** Passes what is asked of a security key on to the machine that has it. */
@Injectable()
export class CtapService {
  #known: VmName | undefined;

  constructor(
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
  ) {}

  /**
   * Asks the agent of gui-vm; without one, the agents in the order in which they have registered until one serves it,
   * which is asked first from then on. Only an agent that does not serve it is passed over: what another has begun is
   * not done again elsewhere. FAILED_PRECONDITION when none serves it.
   */
  async ask(request: ctap.CtapRequest, signal: AbortSignal): Promise<ctap.CtapResponse> {
    const machines = this.#machines();
    for (const vm of machines) {
      try {
        const response = await this.agents
          .of(vm)
          .call(ctap.CtapService.ctap, request, { deadlineMs: personMs, signal, enabledBy });
        this.#known = vm;
        return response;
      } catch (error) {
        if (!isUnimplemented(error) || machines.length === 1) throw error;
      }
    }
    throw new GivcError('FAILED_PRECONDITION', `no agent serves security keys: ${enabledBy} of ${guiVm} enables it`);
  }

  #machines(): readonly VmName[] {
    const machines = [...this.store.entries()]
      .filter(({ type }) => type.service === 'Mgr')
      .map(({ machine }) => machine);
    if (machines.includes(guiVm)) return [guiVm];
    const reachable = machines.filter((vm) => this.agents.of(vm).isUsable);
    const known = reachable.filter((vm) => vm === this.#known);
    return [...known, ...reachable.filter((vm) => vm !== this.#known)];
  }
}
