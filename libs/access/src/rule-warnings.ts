// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Reloadable } from '@givc/daemon';
import type { Log } from '@givc/log';
import { messageOf } from '@givc/model';
import { checkRulesOf } from './check-rules-of.js';
import type { Rules } from './cedar/rules.js';

/** The number of rules that are named at once. */
const most = 20;

/**
 * Logs a warning for each rule that can never match or that names what does not exist, such as an unknown command, as
 * `givc-cli policy check` finds it: once the daemon listens, after each change of the rules, and at each reload.
 */
export class RuleWarnings implements Reloadable {
  #isLooking = false;
  #stopListening: (() => void) | undefined;

  constructor(
    private readonly daemon: 'admin' | 'agent',
    private readonly file: string,
    private readonly rules: Rules,
    private readonly log: Log,
  ) {}

  start(): void {
    this.#stopListening = this.rules.onReplaced(() => void this.#look());
    void this.#look();
  }

  /** A change that the same reload has found is logged once. */
  reload(): void {
    void this.#look();
  }

  close(): void {
    this.#stopListening?.();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      const found = (await checkRulesOf(this.daemon, this.file)).filter(({ state }) => state !== 'ok');
      for (const { subject, message } of found.slice(0, most))
        this.log.warn('rule', { rule: subject, warning: message });
      if (found.length > most) this.log.warn('rules', { file: this.file, more: found.length - most });
    } catch (error) {
      // The file has gone since; its reload reports that.
      this.log.debug('the rules were not checked', { error: messageOf(error) });
    } finally {
      this.#isLooking = false;
    }
  }
}
