// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The maximum number of attempts to find fewer actions. */
const mostAttempts = 200;

/**
 * Removes as many elements as possible so that the rest still fails, in at most 200 attempts. Each remaining element is
 * needed as long as the others are there.
 */
export async function shrink<T>(all: readonly T[], fails: (some: readonly T[]) => Promise<boolean>): Promise<T[]> {
  let left = [...all];
  let attempts = 0;
  for (let size = Math.ceil(left.length / 2); size > 0;) {
    let hasShrunk = false;
    for (let at = 0; at < left.length;) {
      if (attempts++ === mostAttempts) return left;
      const without = [...left.slice(0, at), ...left.slice(at + size)];
      if (await fails(without)) [left, hasShrunk] = [without, true];
      else at += size;
    }
    // Removing an element may make others superfluous.
    if (!hasShrunk || size > left.length) size = size === 1 ? 0 : Math.ceil(size / 2);
  }
  return left;
}
