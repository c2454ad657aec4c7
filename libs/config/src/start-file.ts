// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Log } from '@givc/log';
import { GivcError, messageOf, systemErrorText } from '@givc/model';
import { differentKeys, namedKeys, type Given } from './different-keys.js';
import type { Reloaded } from './live-files.js';
import { readText } from './read-text.js';

/**
 * A JSON file that a daemon reads at its start only. A reload finds out which of its keys differ from what is in use,
 * so that a mistake is known before the restart that would fail because of it.
 */
export class StartFile {
  readonly #inUse: string;
  #problem: string | undefined;

  /** `read` throws for mistakes as a start does. */
  constructor(
    readonly path: string,
    private readonly read: (text: string) => Given,
    private readonly log: Log,
  ) {
    this.#inUse = readText(path);
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * The keys with which a restart would have another value. Throws as a start does. `path`: where the content of the
   * next start is, if the file itself is a copy.
   */
  differences(path = this.path): string[] {
    const text = readNow(path);
    return text === this.#inUse ? [] : differentKeys(this.read(this.#inUse), this.read(text));
  }

  reload(): Reloaded {
    try {
      const named = namedKeys(this.differences());
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

function readNow(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read ${path}: ${systemErrorText(error)}`, { cause: error });
  }
}
