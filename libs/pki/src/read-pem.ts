// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createPrivateKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GivcError, messageOf } from '@givc/model';

/** The text of a file, undefined when there is none. Throws FAILED_PRECONDITION when it cannot be read. */
export function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new GivcError('FAILED_PRECONDITION', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Undefined unless it is a private key in PEM without a passphrase. */
export function parsePrivateKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}
