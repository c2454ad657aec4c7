// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GivcError, messageOf } from '@givc/model';

/** The text of a file; undefined when the file is missing. Throws FAILED_PRECONDITION when it cannot be read. */
export function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new GivcError('FAILED_PRECONDITION', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Parses a private key in PEM without a passphrase; undefined for anything else. */
export function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
