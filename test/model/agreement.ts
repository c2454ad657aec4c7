import type { report } from '@givc/rpc';

/** So long may it take until the registry is right, once nothing is broken and nothing changes. */
export const limitMs = 15_000;
const lookAgainMs = 500;
/** So often it has to be right, one time after the other: what has just been broken may not have been noticed yet. */
const looks = 2;

/** What is true, and what is told of it: `MACHINE UNIT STATUS` of each unit, sorted. */
export interface Views {
  /** By the service managers of the machines. */
  readonly true: readonly string[];
  /** By an open `Watch`. */
  readonly watched: readonly string[];
  /** By `QueryList` and `ListMachines`. */
  readonly queried: readonly string[];
}

export interface Looker {
  look(): Promise<Views>;
  /** Resolves with the next change that the Watch tells, or after that many milliseconds. */
  changed(ms: number): Promise<void>;
}

export type Agreement =
  | { readonly agreed: true; readonly afterMs: number; readonly rows: number }
  | { readonly agreed: false; readonly views: Views };

/** The agents that are known and do not report: what they say may be old. Each is a row that the others do not have. */
export const silentAgents = (machines: readonly report.Machine[]): string[] =>
  machines
    .filter(({ agent_state }) => agent_state !== 'reporting' && agent_state !== 'none')
    .map(({ name, agent_state }) => `${name} has an agent that is ${agent_state}`);

const same = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');

const agree = (views: Views): boolean => same(views.true, views.watched) && same(views.true, views.queried);

/** Waits until all tell the same; what they do not tell 15 s after the last change of what is true is a difference. */
export async function agreement(looker: Looker): Promise<Agreement> {
  const started = performance.now();
  let changedAt = started;
  let before: readonly string[] | undefined;
  let agreed = 0;
  for (;;) {
    const views = await looker.look();
    const now = performance.now();
    if (before && !same(before, views.true)) changedAt = now;
    before = views.true;
    agreed = agree(views) ? agreed + 1 : 0;
    if (agreed === looks) return { agreed: true, afterMs: now - started, rows: views.true.length };
    if (now - changedAt > limitMs && agreed === 0) return { agreed: false, views };
    await looker.changed(lookAgainMs);
  }
}

/** The rows that not all have. */
export function wrongRows({ true: facts, watched, queried }: Views): string[] {
  const views = [facts, watched, queried];
  return [...new Set(views.flat())].sort().filter((row) => !views.every((view) => view.includes(row)));
}

/** A table of them, with who has which. */
export function tableOf(all: Views): string {
  const views = [all.true, all.watched, all.queried];
  const rows = wrongRows(all).map(
    (row) => `    ${views.map((view) => (view.includes(row) ? 'yes' : '-').padEnd(8)).join('')}${row}`,
  );
  return ['    true    watch   query', ...rows].join('\n');
}
