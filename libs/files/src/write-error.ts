// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, systemErrorText } from '@givc/model';

/** What the disk or a quota has no room for; the rest is a path that cannot be written. */
const full: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * What to throw when `path` cannot be written: RESOURCE_EXHAUSTED when the disk is full, else FAILED_PRECONDITION; a
 * `GivcError` as it is.
 */
export const writeError = (path: string, error: unknown): GivcError =>
  error instanceof GivcError
    ? error
    : new GivcError(
        full.has((error as NodeJS.ErrnoException).code) ? 'RESOURCE_EXHAUSTED' : 'FAILED_PRECONDITION',
        `cannot write ${path}: ${systemErrorText(error)}`,
        { cause: error },
      );
