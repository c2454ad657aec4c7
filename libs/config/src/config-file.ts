// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { Log } from '@givc/log';
import { GivcError, messageOf, systemErrorText } from '@givc/model';
import { differentKeys, namedKeys, type Given } from './different-keys.js';
import type { Reloaded } from './live-files.js';
import { readText } from './read-text.js';

/** The part of a file that a reload applies. */
export interface LivePart {
  /** Whether the setting with this key belongs to it. */
  has(key: string): boolean;
  /** Returns what applies this text as a whole. Throws for any mistake in it, even one that a start leaves out. */
  prepare(text: string): () => void;
}

/** The keys whose values differ from those in force. */
export interface Differences {
  /** A reload applies them. */
  readonly live: readonly string[];
  /** Only a restart applies them. */
  readonly others: readonly string[];
  /** The mistake because of which a reload applies nothing. */
  readonly mistake?: string;
}

/**
 * The JSON file of a daemon. A reload applies its live part, if it has one, and finds out which of its other keys
 * differ from what is in use. A mistake changes nothing, and is known before the restart that would fail because of it.
 */
export class ConfigFile {
  readonly #ofStart: string;
  /** The text whose live part is in force. */
  #applied: string;
  #problem: string | undefined;

  /** `read` throws for mistakes as a start does. */
  constructor(
    readonly path: string,
    private readonly read: (text: string) => Given,
    private readonly log: Log,
    private readonly live?: LivePart,
  ) {
    this.#ofStart = readText(path);
    this.#applied = this.#ofStart;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Throws as a start does. `path`: where the content of the next start is, if the file itself is a copy. */
  differences(path = this.path): Differences {
    const text = readNow(path);
    const differences = this.#differences(text);
    try {
      if (text !== this.#applied) this.live?.prepare(text);
    } catch (error) {
      return { ...differences, mistake: messageOf(error) };
    }
    return differences;
  }

  reload(): Reloaded {
    let [problem, kept] = ['a restart would fail', 'the previous configuration stays in use'];
    try {
      const text = readNow(this.path);
      const { live, others } = this.#differences(text);
      [problem, kept] = [`${this.path} not reloaded`, 'the previous version stays in use'];
      if (this.live && text !== this.#applied) {
        const apply = this.live.prepare(text);
        if (live.length > 0) apply();
        this.#applied = text;
      }
      const named = namedKeys(others);
      this.#problem = named.length > 0 ? `needs a restart: ${named.join(', ')} of ${this.path}` : undefined;
      return { changed: namedKeys(live), needsRestart: named };
    } catch (error) {
      const message = messageOf(error);
      this.#problem = `${problem}: ${message}`;
      this.log.error(`${problem}, ${kept}`, { error: message });
      return { kept: [this.path] };
    }
  }

  close(): void {
    // Nothing is open.
  }

  #differences(text: string): Differences {
    if (text === this.#ofStart && text === this.#applied) return { live: [], others: [] };
    const now = this.read(text);
    const isLive = (key: string): boolean => this.live?.has(key) ?? false;
    return {
      live: differentKeys(this.read(this.#applied), now).filter(isLive),
      others: differentKeys(this.read(this.#ofStart), now).filter((key) => !isLive(key)),
    };
  }
}

function readNow(path: string): string {
  try {
    return readText(path);
  } catch (error) {
    throw new GivcError('INVALID_ARGUMENT', `cannot read ${path}: ${systemErrorText(error)}`, { cause: error });
  }
}
