// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { CoalescingThrottle } from '@givc/queue';

/** A reload reads all files and starts systemd-notify(1) twice. */
const rate = { burst: 5, everyMs: 1_000 };
const key = 'SIGHUP';

/**
 * Follows SIGHUP, which without a listener would end the process. Signals during the start lead to one reload after it,
 * and of many signals some are left out, but never the last one. Those after `close` are ignored.
 */
export class HangUp {
  #reload: (() => void) | undefined;
  #isEarly = false;
  readonly #throttle = new CoalescingThrottle<void>(rate, () => this.#reload?.());

  constructor() {
    process.on('SIGHUP', () => this.#signalled());
  }

  /** Calls `reload` from now on. */
  start(reload: () => void): void {
    this.#reload = reload;
    if (this.#isEarly) this.#signalled();
  }

  close(): void {
    this.#reload = undefined;
    this.#throttle.drop(key);
  }

  #signalled(): void {
    if (!this.#reload) this.#isEarly = true;
    else if (this.#throttle.offer(key, undefined)) this.#reload();
  }
}
