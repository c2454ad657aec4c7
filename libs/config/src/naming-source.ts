// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';

/** Runs a parser of a configuration; each line of its error begins with the origin of the configuration. */
export function namingSource<Value>(source: string, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof GivcError)) throw error;
    throw new GivcError(
      error.reason,
      error.message.replace(/^/gm, () => `${source}: `),
      { cause: error },
    );
  }
}
