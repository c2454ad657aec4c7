import { type AdminClient } from '@givc/client';
import { messageOf } from '@givc/model';
import { type Lab } from '../lab/lab.js';
import { agreement, limitMs, silentAgents, tableOf, wrongRows, type Views } from '../model/agreement.js';
import { expectedRows } from '../model/expected-rows.js';
import { type RegistryMirror } from '../model/registry-mirror.js';
import { rowsOf } from '../model/watched-registry.js';
import { type Diary } from './diary.js';
import { journals } from './journals.js';
import { factsOf } from './facts.js';

/** Waits until an open Watch and QueryList tell what is true, and every agent reports; what they do not tell in time is a difference. */
export class QuietMoment {
  #last = '';

  constructor(
    private readonly lab: Lab,
    private readonly admin: AdminClient,
    private readonly mirror: RegistryMirror,
    private readonly diary: Diary,
  ) {}

  async check(): Promise<void> {
    const outcome = await agreement({ look: () => this.#look(), changed: (ms) => this.mirror.changed(ms) });
    if (!outcome.agreed) return this.#differs(outcome.views);
    this.#last = '';
    this.diary.write(
      `quiet: the registry is right after ${(outcome.afterMs / 1000).toFixed(1)} s, ${outcome.rows} rows`,
    );
  }

  async #differs(views: Views): Promise<void> {
    const wrong = wrongRows(views);
    const text = tableOf(views);
    this.diary.difference(
      text === this.#last
        ? 'the registry is still wrong in the same way'
        : `after ${limitMs / 1000} quiet seconds the registry is wrong (${wrong.length} rows):\n` +
            `${text}\n${await journals(this.lab, wrong)}`,
    );
    this.#last = text;
  }

  /** What cannot be asked is a row of its own, which the others do not have. */
  async #look(): Promise<Views> {
    const [facts, queried] = await Promise.all([
      factsOf(this.lab).then(expectedRows, (error: unknown) => [`? ${messageOf(error)}`]),
      Promise.all([this.admin.queryList(), this.admin.listMachines()]).then(
        ([{ List }, { machines }]) => [...rowsOf(List), ...silentAgents(machines)],
        (error: unknown) => [`? QueryList: ${messageOf(error)}`],
      ),
    ]);
    return { true: facts, watched: this.mirror.rows, queried };
  }
}
