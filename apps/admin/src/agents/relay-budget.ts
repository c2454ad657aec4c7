// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type VmName } from '@givc/model';
import { serverLimits } from '@givc/rpc';
import { currentCaller } from './on-behalf.js';

/** The number of concurrent calls that an agent accepts from the admin; some are reserved for the admin's own calls. */
const { openCallsOfPeer: most } = serverLimits;
const maxOfCaller = most / 4;
const maxOfAll = most - 100;

/**
 * The calls to one agent that are open on behalf of callers of the admin. One caller may have at most a quarter of
 * them, and at most as many as are still free.
 */
export class RelayBudget {
  readonly #calls = new Map<string, number>();
  #all = 0;

  constructor(private readonly vm: VmName) {}

  /** Makes a call, and counts it for its caller as long as it is open. RESOURCE_EXHAUSTED when there are too many. */
  async spend<T>(call: () => Promise<T>, caller: string | undefined = currentCaller()): Promise<T> {
    if (caller === undefined) return call();
    const calls = this.#calls.get(caller) ?? 0;
    // However many callers use their whole share, the same share remains for one more caller.
    if (calls >= Math.min(maxOfCaller, maxOfAll - this.#all))
      throw new GivcError(
        'RESOURCE_EXHAUSTED',
        `too many calls to the agent of ${this.vm} are open: at most ${maxOfCaller} of one caller and ${maxOfAll} in all`,
      );
    this.#count(caller, 1);
    try {
      return await call();
    } finally {
      this.#count(caller, -1);
    }
  }

  #count(caller: string, more: 1 | -1): void {
    const calls = (this.#calls.get(caller) ?? 0) + more;
    if (calls === 0) this.#calls.delete(caller);
    else this.#calls.set(caller, calls);
    this.#all += more;
  }
}
