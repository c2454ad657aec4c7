// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { Access, callerKey, callerOf, noteChange } from '@givc/access';
import { GivcError } from '@givc/model';
import { FairQueue } from '@givc/queue';
import { streamAnswers, type journal, type ServerStreamingCall } from '@givc/rpc';
import { AgentSettings } from '../config/agent-settings.js';
import { UnitAllowlist } from '../config/unit-allowlist.js';
import { Journal } from './journal.js';
import type { JournalQuery } from './journal-query.js';

type ReadCall = ServerStreamingCall<journal.ReadJournalResponse>;

/** Each reader is a journalctl(1). The admin limits its callers itself. */
const limits = {
  name: 'readers of the journal',
  slots: 32,
  ofCaller: 4,
  waiting: 0,
  waitMs: 10_000,
  contestedMs: 600_000,
  fix: 'end one that follows',
};

/** Shows callers the journal of the units that the agent may control. */
@Injectable()
export class JournalService {
  readonly #queue: FairQueue;

  constructor(
    private readonly settings: AgentSettings,
    private readonly allowlist: UnitAllowlist,
    private readonly access: Access,
    private readonly journal: Journal,
  ) {
    this.#queue = new FairQueue({ ...limits, relay: settings.relay });
  }

  /**
   * Recorded with the names of the units. PERMISSION_DENIED for a unit that the agent may not control and, without
   * rules of access control, for every caller but the admin; RESOURCE_EXHAUSTED when too many read;
   * DEADLINE_EXCEEDED when another caller needs the slot after ten minutes.
   */
  read(query: JournalQuery, call: ReadCall): Observable<never> {
    noteChange(call, { units: query.units });
    const { relay, admin } = this.settings;
    const caller = callerOf(call);
    // Without TLS callers have no names: then the address of the admin counts.
    const isAdmin = caller.peer ? caller.peer.name === admin.name : caller.address === relay;
    if (!isAdmin && !this.access.rules)
      throw new GivcError(
        'PERMISSION_DENIED',
        `only ${admin.name} may read the journal, because this agent has no rules of access control ` +
          '(accessControl.enable); call the admin instead',
      );
    for (const unit of query.units) this.allowlist.assertHas(unit);
    return streamAnswers(call, (signal) => this.#read(query, isAdmin ? relay : callerKey(caller), signal));
  }

  async *#read(
    query: JournalQuery,
    caller: string,
    signal: AbortSignal,
  ): AsyncGenerator<journal.ReadJournalResponse, void, undefined> {
    const slot = await this.#queue.enter({ caller, signal });
    try {
      for await (const entries of this.journal.read(query, slot.signal)) yield { entries: [...entries] };
      if (slot.isExpired) throw slot.reason;
    } finally {
      slot.release();
    }
  }
}
