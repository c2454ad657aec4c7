// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';

/** What a daemon does at the moment, in a few words for `systemctl status`: `5 agents, 1 lost`. */
export class DaemonStatus {
  readonly #changes = new Listeners();
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  set(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#changes.notify();
  }

  /** Calls the listener after each change of the text. */
  onChange(listener: () => void): void {
    this.#changes.add(listener);
  }
}
