// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Reloadable } from '@givc/daemon';
import { readText } from '@givc/config';
import type { Log } from '@givc/log';
import { messageOf } from '@givc/model';
import { cedarSchemas } from '@givc/rpc';
import { checkRulesOf } from './check-rules-of.js';
import type { Rules } from './cedar/rules.js';

/** The number of rules that are named at once. */
const most = 20;

/** An entity such as `Command::"StartVM"`, with its type and name. */
const entities = /\b((?:\w+\s*::\s*)+)"((?:[^"\\]|\\.)*)"/g;

/**
 * Whether rules may name a command, a module or a type of entity that the schema does not have. This finds no other
 * mistakes, but needs no Cedar, whose check takes 4 MB of memory for good.
 */
export function mayNameUnknown(rules: string, schema: string): boolean {
  const modules = /^entity Module enum \[(.*)\];$/m.exec(schema)?.[1] ?? '';
  for (const [, type, name] of rules.matchAll(entities)) {
    const quoted = `"${name}"`;
    switch (type!.replaceAll(/[\s:]/g, '')) {
      case 'Source':
        continue;
      case 'Module':
        if (!modules.split(', ').includes(quoted)) return true;
        continue;
      case 'Command':
      case 'Action':
        if (!schema.includes(`\naction ${quoted} `)) return true;
        continue;
      default:
        return true;
    }
  }
  return false;
}

/**
 * Logs the warnings of `givc-cli policy check` about rules that name a command, a module or a type of entity that does
 * not exist, and so can never match: once the daemon listens, after each change of the rules, and at each reload. The
 * doctor finds other mistakes, too.
 */
export class RuleWarnings implements Reloadable {
  #isLooking = false;
  /** The rules have changed since the last look began. */
  #isStale = false;
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
    if (!this.#isLooking) void this.#look();
  }

  close(): void {
    this.#stopListening?.();
  }

  async #look(): Promise<void> {
    this.#isStale = true;
    if (this.#isLooking) return;
    this.#isLooking = true;
    while (this.#isStale) {
      this.#isStale = false;
      await this.#warn();
    }
    this.#isLooking = false;
  }

  async #warn(): Promise<void> {
    try {
      if (!mayNameUnknown(readText(this.file), cedarSchemas[this.daemon])) return;
      const found = (await checkRulesOf(this.daemon, this.file)).filter(({ state }) => state !== 'ok');
      for (const { subject, message } of found.slice(0, most))
        this.log.warn('rule', { rule: subject, warning: message });
      if (found.length > most) this.log.warn('rules', { file: this.file, more: found.length - most });
    } catch (error) {
      // The file has gone since; its reload reports that.
      this.log.debug('the rules were not checked', { error: messageOf(error) });
    }
  }
}
