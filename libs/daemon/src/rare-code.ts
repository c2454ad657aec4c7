// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { setFlagsFromString } from 'node:v8';

/** After how many calls of a function V8 begins to keep its feedback, and then machine code; it does after 8. */
const calls = 64;

/** The flag of V8 for that, which V8 has renamed after the release that Node 20 contains. */
export const feedbackFlag = process.versions.node.startsWith('20.')
  ? '--interrupt-budget-factor-for-feedback-allocation'
  : '--invocation-count-for-feedback-allocation';

/**
 * What V8 has learnt about code stays in memory long after its last call. Code that runs a few times, such as that of a
 * query of the history, leaves less with this; code that serves many calls is as fast. To be called once the program is
 * loaded: a code cache of V8 is only valid with the flags with which it was made.
 */
export function keepLittleOfRareCode(): void {
  setFlagsFromString(`${feedbackFlag}=${calls}`);
}
