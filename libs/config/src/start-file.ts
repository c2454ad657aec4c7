// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Log } from '@givc/log';
import { messageOf } from '@givc/model';
import { readText } from './byte-order-mark.js';
import { parseJson } from './json-config.js';
import type { Reloaded } from './live-files.js';

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The keys that differ, down to `depth` levels: `capabilities.services`. */
function differentKeys(before: unknown, after: unknown, depth: number, path: readonly string[] = []): string[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (depth === 0 || !isObject(before) || !isObject(after)) return [path.join('.')];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => differentKeys(before[key], after[key], depth - 1, [...path, key]));
}

/** The number of keys that are named. */
const namedMax = 10;

/**
 * A JSON file that a daemon reads at its start only. A reload checks it, and finds out which of its keys differ from
 * what is in use, so that a mistake is known before the restart that would fail because of it.
 */
export class StartFile {
  readonly #inUse: string;
  #problem: string | undefined;

  /** `check` throws for mistakes as a start does. */
  constructor(
    private readonly path: string,
    private readonly check: () => void,
    private readonly log: Log,
  ) {
    this.#inUse = readText(path);
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  reload(): Reloaded {
    try {
      this.check();
      const [before, after] = [this.#inUse, readText(this.path)].map((text) => parseJson(this.path, text));
      const keys = differentKeys(before, after, 2);
      const named = keys.slice(0, namedMax);
      if (keys.length > namedMax) named.push(`${keys.length - namedMax} more`);
      this.#problem = named.length > 0 ? `needs a restart: ${named.join(', ')} of ${this.path}` : undefined;
      return { needsRestart: named };
    } catch (error) {
      const message = messageOf(error);
      this.#problem = `a restart would fail: ${message}`;
      this.log.error('a restart would fail, the previous configuration stays in use', { error: message });
      return { kept: [this.path] };
    }
  }

  close(): void {
    // Nothing is open.
  }
}
