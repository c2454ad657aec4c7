// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Remembers the last text of each subject, so that a repeated problem is logged once when it begins and once for each
 * change. It does not write itself: `if (once.isNew('storage', problem)) log.error(…)`. It keeps at most `maxSubjects`
 * subjects, 100 by default, because peers may invent subjects.
 */
export class LogOnce {
  readonly #last = new Map<string, string>();

  constructor(private readonly maxSubjects = 100) {}

  /**
   * Whether to log the text, because it differs from the last one of the subject. False for subjects beyond the limit.
   */
  isNew(subject: string, text = ''): boolean {
    const last = this.#last.get(subject);
    if (last === text || (last === undefined && this.#last.size >= this.maxSubjects)) return false;
    this.#last.set(subject, text);
    return true;
  }

  /** Ends the subject, so that it is logged again when it returns. Returns whether it had been logged. */
  end(subject: string): boolean {
    return this.#last.delete(subject);
  }
}
