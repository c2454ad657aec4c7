// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { systemErrorText } from '@givc/model';
import { findProgram } from '@givc/programs';
import { checkEach } from './run-checks.js';
import { allRight, check, type CheckResult } from './check-result.js';

/** A program that something runs by its name. */
export interface NeededProgram {
  readonly program: string;
  /** What needs it: the key of a capability. */
  readonly by: string;
  /** The package of Debian that has it. */
  readonly from: string;
}

/** Whether the programs are on the PATH of this process. */
export const checkPrograms = (needed: readonly NeededProgram[]): Promise<readonly CheckResult[]> =>
  checkEach(
    needed,
    async ({ program, by, from }) =>
      (await findProgram(program)) === undefined
        ? check('programs', program).failure(
            `is missing, and ${by} needs it`,
            `install the package ${from}, or put it on the PATH of this daemon`,
          )
        : undefined,
    () => allRight('programs', needed.length, ['program', 'is on the PATH'], ['programs', 'are on the PATH']),
  );

/** Why a program cannot be run by its path; undefined when it can. */
export async function programProblem(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile() ? undefined : 'is not a file';
  } catch (error) {
    return `cannot be run: ${systemErrorText(error)}`;
  }
}
