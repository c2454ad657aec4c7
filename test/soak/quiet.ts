// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { type AdminClient } from '@givc/client';
import { messageOf } from '@givc/model';
import { type Lab } from '../lab/lab.js';
import { awaitAgreement, limitMs, silentAgents, tableOf, wrongRows, type Views } from '../model/agreement.js';
import { expectedRows } from '../model/expected-rows.js';
import { type RegistryMirror } from '../model/registry-mirror.js';
import { rowsOf } from '../model/watched-registry.js';
import { type EventLog } from './event-log.js';
import { journals } from './journals.js';
import { factsOf } from './facts.js';

/**
 * Waits until an open Watch and QueryList agree with the expected state and every agent reports; records any
 * difference.
 */
export class QuietMoment {
  #last = '';

  constructor(
    private readonly lab: Lab,
    private readonly admin: AdminClient,
    private readonly mirror: RegistryMirror,
    private readonly eventLog: EventLog,
  ) {}

  async check(): Promise<void> {
    const outcome = await awaitAgreement({ read: () => this.#look(), changed: (ms) => this.mirror.changed(ms) });
    if (!outcome.agreed) return this.#differs(outcome.views);
    this.#last = '';
    this.eventLog.write(
      `quiet: the registry is correct after ${(outcome.afterMs / 1000).toFixed(1)} s, ${outcome.rows} rows`,
    );
  }

  async #differs(views: Views): Promise<void> {
    const wrong = wrongRows(views);
    const text = tableOf(views);
    this.eventLog.difference(
      text === this.#last
        ? 'the registry is still wrong in the same way'
        : `after ${limitMs / 1000} quiet seconds the registry is wrong (${wrong.length} rows):\n` +
            `${text}\n${await journals(this.lab, wrong)}`,
    );
    this.#last = text;
  }

  /** A source that fails becomes a row that the other views do not have. */
  async #look(): Promise<Views> {
    const [facts, queried] = await Promise.all([
      factsOf(this.lab).then(expectedRows, (error: unknown) => [`? ${messageOf(error)}`]),
      Promise.all([this.admin.queryList(), this.admin.listMachines()]).then(
        ([{ List }, { machines }]) => [...rowsOf(List), ...silentAgents(machines)],
        (error: unknown) => [`? QueryList: ${messageOf(error)}`],
      ),
    ]);
    return { expected: facts, watched: this.mirror.rows, queried };
  }
}
