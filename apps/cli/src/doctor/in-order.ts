// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { pooled } from '@givc/queue';

/**
 * Yields the results of the work in the order of the inputs. At most `width` inputs are worked on at the same time, and
 * one that takes long holds up only its own place. None is begun once the iteration is left. The work does not reject.
 */
export async function* inOrder<Input, Result>(
  inputs: readonly Input[],
  width: number,
  work: (input: Input) => Promise<Result>,
): AsyncGenerator<readonly [input: Input, result: Result]> {
  const leaving = new AbortController();
  try {
    const results = pooled(inputs, width, work, leaving.signal);
    for (const [at, input] of inputs.entries()) yield [input, await results[at]!];
  } finally {
    leaving.abort();
  }
}
