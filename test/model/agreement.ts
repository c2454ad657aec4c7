// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { report } from '@givc/rpc';

/** The time within which the registry must be correct once no fault is active and nothing changes. */
export const limitMs = 15_000;
const pollMs = 500;
/** The number of consecutive reads that must agree: the last fault may not have been noticed yet. */
const requiredAgreements = 2;

/** The expected state and two views of the registry: `MACHINE UNIT STATUS` of each unit, sorted. */
export interface Views {
  /** By the service managers of the machines. */
  readonly expected: readonly string[];
  /** By an open `Watch`. */
  readonly watched: readonly string[];
  /** By `QueryList` and `ListMachines`. */
  readonly queried: readonly string[];
}

export interface ViewSource {
  read(): Promise<Views>;
  /** Resolves with the next change of the Watch, or after that many milliseconds. */
  changed(ms: number): Promise<void>;
}

export type Agreement =
  | { readonly agreed: true; readonly afterMs: number; readonly rows: number }
  | { readonly agreed: false; readonly views: Views };

/** The known agents that do not report, whose states may be old. Each is a row that the other views do not have. */
export const silentAgents = (machines: readonly report.Machine[]): string[] =>
  machines
    .filter(({ agent_state }) => agent_state !== 'reporting' && agent_state !== 'none')
    .map(({ name, agent_state }) => `${name} has an agent that is ${agent_state}`);

const same = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');

const areEqual = (views: Views): boolean => same(views.expected, views.watched) && same(views.expected, views.queried);

/** Waits until all views agree; gives up 15 s after the last change of the expected state. */
export async function awaitAgreement(source: ViewSource): Promise<Agreement> {
  const started = performance.now();
  let changedAt = started;
  let before: readonly string[] | undefined;
  let agreed = 0;
  for (;;) {
    const views = await source.read();
    const now = performance.now();
    if (before && !same(before, views.expected)) changedAt = now;
    before = views.expected;
    agreed = areEqual(views) ? agreed + 1 : 0;
    if (agreed === requiredAgreements) return { agreed: true, afterMs: now - started, rows: views.expected.length };
    if (now - changedAt > limitMs && agreed === 0) return { agreed: false, views };
    await source.changed(pollMs);
  }
}

/** The rows that are not in all views. */
export function wrongRows({ expected: facts, watched, queried }: Views): string[] {
  const views = [facts, watched, queried];
  return [...new Set(views.flat())].sort().filter((row) => !views.every((view) => view.includes(row)));
}

/** A table of the wrong rows and the views that have them. */
export function tableOf(all: Views): string {
  const views = [all.expected, all.watched, all.queried];
  const rows = wrongRows(all).map(
    (row) => `    ${views.map((view) => (view.includes(row) ? 'yes' : '-').padEnd(9)).join('')}${row}`,
  );
  return ['    expected watch    query', ...rows].join('\n');
}
