// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Yields the results of the work in the order of the inputs. At most `width` inputs are worked on at the same time, and
 * none is begun that is `width` or more after the one whose result is awaited. The work does not reject.
 */
export async function* inOrder<Input, Result>(
  inputs: readonly Input[],
  width: number,
  work: (input: Input) => Promise<Result>,
): AsyncGenerator<readonly [input: Input, result: Result]> {
  const begun: Promise<Result>[] = [];
  for (const [at, input] of inputs.entries()) {
    while (begun.length < Math.min(inputs.length, at + width)) begun.push(work(inputs[begun.length]!));
    yield [input, await begun[at]!];
  }
}
