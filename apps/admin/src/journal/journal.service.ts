// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { callerKey, callerOf, noteChange } from '@givc/access';
import { GivcError, isAlive, type VmName } from '@givc/model';
import { FairQueue } from '@givc/queue';
import {
  errorOfStatus,
  journal,
  limitReadAhead,
  streamAnswers,
  type CallError,
  type ServerStreamingCall,
} from '@givc/rpc';
import type { AgentConnection } from '../agents/agent-connection.js';
import { AgentConnections } from '../agents/agent-connections.js';
import { RegistryStore } from '../registry/registry-store.js';

const enabledBy = 'capabilities.journal.enable';
/** The agent counts every call as one of the admin. */
const limits = {
  name: 'readers of journals',
  slots: 64,
  ofCaller: 8,
  waiting: 0,
  waitMs: 10_000,
  contestedMs: 600_000,
  fix: 'end one that follows',
};

/** Passes calls for the journal of a machine on to its agent, at the rate at which their callers read. */
@Injectable()
export class JournalService {
  readonly #queue = new FairQueue(limits);

  constructor(
    private readonly store: RegistryStore,
    private readonly agents: AgentConnections,
  ) {}

  /**
   * Recorded with the names of the units. UNAVAILABLE when the VM does not run or its agent is lost,
   * FAILED_PRECONDITION when its agent does not show its journal, RESOURCE_EXHAUSTED when too many read,
   * DEADLINE_EXCEEDED when another caller needs the slot after ten minutes, and the agent's own rejections.
   */
  read(
    vm: VmName,
    request: journal.ReadJournalRequest,
    call: ServerStreamingCall<journal.ReadJournalResponse>,
  ): Observable<never> {
    noteChange(call, { vm, units: request.units });
    const agent = this.#agentOf(vm);
    return streamAnswers(call, (signal) => this.#read(agent, request, callerKey(callerOf(call)), signal));
  }

  #agentOf(vm: VmName): AgentConnection {
    const unit = this.store.vmEntry(vm);
    if (unit && !isAlive(unit.status) && !this.store.agent(vm))
      throw new GivcError(
        'UNAVAILABLE',
        `VM "${vm}" is not running: ${unit.unit} is ${unit.status.ActiveState} (${unit.status.SubState})`,
      );
    return this.agents.forShortCall(vm);
  }

  async *#read(
    agent: AgentConnection,
    request: journal.ReadJournalRequest,
    caller: string,
    signal: AbortSignal,
  ): AsyncGenerator<journal.ReadJournalResponse, void, undefined> {
    const slot = await this.#queue.enter({ caller, signal });
    const call = agent.duplex(journal.JournalServiceService.readJournal, { signal: slot.signal });
    limitReadAhead(call, 1);
    call.end(request);
    try {
      yield* call as AsyncIterable<journal.ReadJournalResponse>;
    } catch (error) {
      throw slot.isExpired ? slot.reason : agent.explain(errorOfStatus(error as CallError), { enabledBy });
    } finally {
      call.cancel();
      slot.release();
    }
  }
}
