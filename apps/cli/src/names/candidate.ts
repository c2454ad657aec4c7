// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** A word that may be at the position of the cursor. */
export interface Candidate {
  readonly word: string;
  readonly description: string;
}

export const bareWords = (words: readonly string[]): Candidate[] => words.map((word) => ({ word, description: '' }));
