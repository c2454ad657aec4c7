// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Works on all inputs, at most `width` at the same time; whenever one has ended, whatever its outcome, the next begins.
 * The outcomes are in the order of the inputs. None is begun after `signal` is aborted, and theirs stay pending.
 */
export function pooled<Input, Result>(
  inputs: readonly Input[],
  width: number,
  work: (input: Input) => Promise<Result>,
  signal?: AbortSignal,
): Promise<Result>[] {
  const begins: (() => void)[] = [];
  let begun = 0;
  const next = () => {
    if (!signal?.aborted) begins[begun++]?.();
  };
  const outcomes = inputs.map(async (input) => {
    await new Promise<void>((begin) => begins.push(begin));
    return work(input);
  });
  for (const outcome of outcomes) outcome.then(next, next);
  for (let started = 0; started < width; started++) next();
  return outcomes;
}
