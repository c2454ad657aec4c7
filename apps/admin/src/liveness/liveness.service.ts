import { Injectable } from '@nestjs/common';
import { agentUnit, type VmName } from '@givc/model';
import { Log } from '@givc/log';
import type { ChannelState } from '@givc/rpc';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryStore } from '../registry/registry-store.js';

/** Marks an agent as lost while its connection is down, and takes the mark away once it is up again. */
@Injectable()
export class LivenessService {
  constructor(
    private readonly store: RegistryStore,
    private readonly log: Log,
    agents: AgentConnections,
  ) {
    agents.onState((vm, state) => this.#changed(vm, state));
  }

  #changed(vm: VmName, state: ChannelState): void {
    switch (state) {
      case 'READY':
        return this.#mark(vm, false);
      case 'IDLE':
      case 'TRANSIENT_FAILURE':
        return this.#mark(vm, true);
      case 'CONNECTING':
      case 'SHUTDOWN':
        return;
    }
  }

  #mark(vm: VmName, lost: boolean): void {
    const entry = this.store.get(vm, agentUnit(vm));
    if (!entry || (entry.lost ?? false) === lost) return;
    if (lost) this.log.warn('agent lost', { vm, agent: entry.unit });
    else this.log.info('agent back', { vm, agent: entry.unit });
    this.store.put({ ...entry, lost });
  }
}
