// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { parseText } from '@givc/model';
import type { doctor } from '@givc/rpc';
import type { CheckId } from './check-ids.js';

/** `ok`, a `warning` about something that may be intended, or a `failure` of something that is configured. */
export type CheckState = 'ok' | 'warning' | 'failure';

/** One result of a check. The subject and then the message are one sentence. */
export interface CheckResult {
  /** One of `checkIds`; a newer daemon may send others. */
  readonly id: string;
  /** What was looked at: a machine, a file, a unit, an address. */
  readonly subject: string;
  readonly state: CheckState;
  readonly message: string;
  /** What to do about it; empty when it is ok. */
  readonly fix: string;
}

/** The results of a check of one subject. */
export const check = (id: CheckId, subject: string) => ({
  ok: (message: string): CheckResult => ({ id, subject, state: 'ok', message, fix: '' }),
  warning: (message: string, fix: string): CheckResult => ({ id, subject, state: 'warning', message, fix }),
  failure: (message: string, fix: string): CheckResult => ({ id, subject, state: 'failure', message, fix }),
});

/** A noun and what is said of it: `unit`, `is installed`. */
type Words = readonly [subject: string, message: string];

/** The one result of a check whose subjects are all right: `1 unit is installed`, `2 units are installed`. */
export function allRight(id: CheckId, count: number, one: Words, many: Words): CheckResult {
  const [subject, message] = count === 1 ? one : many;
  return check(id, `${count} ${subject}`).ok(message);
}

const most = 200;
const [idMax, subjectMax, textMax] = [64, 128, 256];

/**
 * The results of a peer, bounded: at most 200, each text cut and printable. A state that this version does not know
 * counts as a warning.
 */
export const parseResults = (results: readonly doctor.CheckResult[]): CheckResult[] =>
  results.slice(0, most).map(({ id, subject, state, message, fix }) => ({
    id: parseText(id, idMax),
    subject: parseText(subject, subjectMax),
    state: state === 'ok' || state === 'failure' ? state : 'warning',
    message: parseText(message, textMax),
    fix: parseText(fix, textMax),
  }));

/** A problem as it stands in a list of warnings: the subject, the message and the fix. */
export const formatProblem = ({ subject, message, fix }: CheckResult): string =>
  `${subject} ${message}${fix === '' ? '' : `; ${fix}`}`;
