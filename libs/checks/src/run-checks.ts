// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '@givc/model';
import { Timeout } from '@givc/time';
import type { CheckId } from './check-ids.js';
import { check, type CheckResult } from './check-result.js';

/** A check: its id, what it looks at, and the work. */
export interface Check {
  readonly id: CheckId;
  readonly subject: string;
  /** Without a result the check does not apply. */
  readonly run: () => Promise<readonly CheckResult[]> | readonly CheckResult[];
}

const limitMs = 6_000;
/** The most problems of one check that are listed. */
const most = 20;

/**
 * Runs the checks at the same time, and resolves with their results in the order of the checks. A check that throws, or
 * takes longer than 6 s, is a failure of itself. Of each check at most 20 problems are listed, and one line says how
 * many more there are.
 */
export async function runChecks(checks: readonly Check[]): Promise<CheckResult[]> {
  const results = await Promise.all(checks.map(bounded));
  return results.flat();
}

async function bounded(one: Check): Promise<readonly CheckResult[]> {
  const { failure } = check(one.id, one.subject);
  let limit: Timeout | undefined;
  const late = new Promise<readonly CheckResult[]>((resolve) => {
    const expire = () =>
      resolve([
        failure(`was not checked within ${limitMs / 1_000} s`, 'look for a program, a disk or a peer that hangs'),
      ]);
    limit = new Timeout(limitMs, expire, { unref: true });
  });
  try {
    return await Promise.race([late, (async () => shortened(one, await one.run()))()]);
  } catch (error) {
    return [failure(`cannot be checked: ${messageOf(error)}`, 'mend that first, and check again')];
  } finally {
    limit?.cancel();
  }
}

function shortened({ id, subject }: Check, results: readonly CheckResult[]): readonly CheckResult[] {
  const problems = results.filter(({ state }) => state !== 'ok');
  if (problems.length <= most) return results;
  const left = problems.slice(most);
  const worst = left.some(({ state }) => state === 'failure') ? 'failure' : 'warning';
  return [
    ...problems.slice(0, most),
    check(id, subject)[worst](`has ${left.length} more of these problems`, 'mend those above, and check again'),
  ];
}

/** The problems of many subjects, or the one line `right` when there are none; nothing without subjects. */
export async function checkEach<T>(
  subjects: readonly T[],
  find: (subject: T) => Promise<CheckResult | undefined> | CheckResult | undefined,
  right: () => CheckResult,
): Promise<readonly CheckResult[]> {
  if (subjects.length === 0) return [];
  const found = await Promise.all(subjects.map(async (subject) => find(subject)));
  const problems = found.filter((one) => one !== undefined);
  return problems.length > 0 ? problems : [right()];
}
