import { type AdminClient } from '@givc/client';
import { messageOf } from '@givc/model';
import { type report } from '@givc/rpc';
import { type Lab } from '../lab/lab.js';
import { type Diary } from './diary.js';
import { journals } from './journals.js';
import { rowsOf, type RegistryMirror } from './registry-mirror.js';
import { truth } from './truth.js';

const limitMs = 15_000;
const lookAgainMs = 500;
/** So often it has to be right, one time after the other: what has just been broken may not have been noticed by anybody. */
const looks = 2;

interface Views {
  readonly true: readonly string[];
  readonly watched: readonly string[];
  readonly queried: readonly string[];
}

/** The agents that are known and do not report: what they tell may be old. */
const silent = (machines: readonly report.Machine[]): string[] =>
  machines
    .filter(({ Agent }) => Agent !== 'reporting' && Agent !== 'none')
    .map(({ Name, Agent }) => `${Name} has an agent that is ${Agent}`);

const same = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');
const agree = (views: Views): boolean => same(views.true, views.watched) && same(views.true, views.queried);

/** Waits until an open Watch and QueryList tell what is true, and every agent reports; what they do not tell after 15 s is a difference. */
export class QuietMoment {
  #last = '';

  constructor(
    private readonly lab: Lab,
    private readonly admin: AdminClient,
    private readonly mirror: RegistryMirror,
    private readonly diary: Diary,
  ) {}

  async check(): Promise<void> {
    const started = performance.now();
    let agreed = 0;
    for (;;) {
      const views = await this.#look();
      const waited = performance.now() - started;
      agreed = agree(views) ? agreed + 1 : 0;
      if (agreed === looks) return this.#agreed(waited, views);
      if (waited > limitMs && agreed === 0) return this.#differs(views);
      await this.mirror.changed(lookAgainMs);
    }
  }

  #agreed(waited: number, views: Views): void {
    this.#last = '';
    this.diary.write(`quiet: the registry is right after ${(waited / 1000).toFixed(1)} s, ${views.true.length} rows`);
  }

  async #differs({ true: facts, watched, queried }: Views): Promise<void> {
    const views = [facts, watched, queried];
    const rows = [...new Set(views.flat())].sort();
    const wrong = rows.filter((row) => !views.every((view) => view.includes(row)));
    const table = wrong.map(
      (row) => `    ${views.map((view) => (view.includes(row) ? 'yes' : '-').padEnd(8)).join('')}${row}`,
    );
    const text = ['    true    watch   query', ...table].join('\n');
    this.diary.difference(
      text === this.#last
        ? 'the registry is still wrong in the same way'
        : `after ${limitMs / 1000} quiet seconds the registry is wrong (${rows.length - wrong.length} rows are right):\n` +
            `${text}\n${await journals(this.lab, wrong)}`,
    );
    this.#last = text;
  }

  /** What cannot be asked is a row of its own, which the others do not have. */
  async #look(): Promise<Views> {
    const [facts, queried] = await Promise.all([
      truth(this.lab).catch((error: unknown) => [`? ${messageOf(error)}`]),
      Promise.all([this.admin.queryList(), this.admin.listMachines()]).then(
        ([{ List }, { Machines }]) => [...rowsOf(List), ...silent(Machines)],
        (error: unknown) => [`? QueryList: ${messageOf(error)}`],
      ),
    ]);
    return { true: facts, watched: this.mirror.rows, queried };
  }
}
