// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, systemErrorText } from '@givc/model';

/** Errors for a full disk or quota; all others mean that the path cannot be written. */
const full: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * The error for a `path` that cannot be written: RESOURCE_EXHAUSTED when the disk is full, else FAILED_PRECONDITION. A
 * `GivcError` is returned unchanged.
 */
export const writeError = (path: string, error: unknown): GivcError =>
  error instanceof GivcError
    ? error
    : new GivcError(
        full.has((error as NodeJS.ErrnoException).code) ? 'RESOURCE_EXHAUSTED' : 'FAILED_PRECONDITION',
        `cannot write ${path}: ${systemErrorText(error)}`,
        { cause: error },
      );
