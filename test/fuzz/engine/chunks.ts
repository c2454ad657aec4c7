// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';

/** The offsets at which bytes are cut into chunks. What is read from the bytes must not depend on them. */
export const cutsOf = (placeMax: number): fc.Arbitrary<number[]> => fc.array(fc.nat(placeMax), { maxLength: 4 });

export const chunksOf = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const at = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
};
