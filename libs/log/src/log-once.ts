// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Remembers what was logged last of each subject, so that what happens again and again is one line when it begins and
 * one each time it changes. It writes nothing itself: `if (once.isNew('storage', problem)) log.error(…)`. It keeps at
 * most `maxSubjects` subjects, 100 by default, because a peer may invent them.
 */
export class LogOnce {
  readonly #last = new Map<string, string>();

  constructor(private readonly maxSubjects = 100) {}

  /** Whether this is to be logged: the text is another than the last one of the subject. Further subjects never are. */
  isNew(subject: string, text = ''): boolean {
    const last = this.#last.get(subject);
    if (last === text || (last === undefined && this.#last.size >= this.maxSubjects)) return false;
    this.#last.set(subject, text);
    return true;
  }

  /** The subject is over, and is logged again when it comes back. Returns whether it had been logged. */
  end(subject: string): boolean {
    return this.#last.delete(subject);
  }
}
