// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError, type UnitName } from '@givc/model';
import type { SystemdLink } from './systemd-link.js';
import type { PendingEvent, PendingEvents } from './pending-events.js';

/** The jobs that were asked for and have not ended (org.freedesktop.systemd1(5), "Jobs"). */
export class Jobs {
  readonly #waiting = new Map<string, Set<PendingEvent<string>>>();
  /** Results of jobs that ended before the reply with their path was read; kept only while such a reply is due. */
  readonly #early = new Map<string, string>();
  #asking = 0;

  constructor(
    private readonly link: SystemdLink,
    private readonly waits: PendingEvents,
  ) {}

  /**
   * Requests a job and resolves with systemd's result word once it has ended: `done`, `failed`, `canceled`, ... When
   * systemd leaves the bus before that, rejects with UNAVAILABLE and the info `JOB_ACCEPTED`.
   */
  async run(unit: UnitName, call: Parameters<SystemdLink['call']>[0], signal?: AbortSignal): Promise<string> {
    const wait = this.waits.start<string>(`${call.member} ${unit}`, signal);
    this.#asking++;
    try {
      const [path] = (await this.link.call(call)) as [string];
      const early = this.#early.get(path);
      if (early !== undefined) {
        // This also applies when systemd has left the bus meanwhile.
        wait.resolve(early);
        return early;
      }
      this.#expect(path, wait);
    } finally {
      if (--this.#asking === 0) this.#early.clear();
    }
    return afterJob(unit, () => wait.promise);
  }

  /** JobRemoved(u id, o job, s unit, s result). */
  onJobRemoved(body: readonly unknown[]): void {
    const path = body[1] as string;
    const result = body[3] as string;
    const waiting = this.#waiting.get(path);
    if (waiting) for (const wait of waiting) wait.resolve(result);
    if (this.#asking > 0) this.#early.set(path, result);
  }

  #expect(path: string, wait: PendingEvent<string>): void {
    // systemd merges a job with one that is already waiting, and returns the path of that one.
    const waiting = this.#waiting.get(path) ?? new Set();
    this.#waiting.set(path, waiting.add(wait));
    const forget = (): void => {
      waiting.delete(wait);
      if (waiting.size === 0 && this.#waiting.get(path) === waiting) this.#waiting.delete(path);
    };
    wait.promise.then(forget, forget);
  }
}

/** Calls systemd after it has accepted a job: the info of UNAVAILABLE is then `JOB_ACCEPTED`. */
export async function afterJob<T>(unit: UnitName, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof GivcError && error.reason === 'UNAVAILABLE')) throw error;
    const message = `systemd has accepted the job of unit "${unit}", then: ${error.message}`;
    throw new GivcError('UNAVAILABLE', message, { cause: error, info: { reason: 'JOB_ACCEPTED' } });
  }
}

/** The error for a job that did not end as `done`; `detail` is the reason from the unit itself. */
export const jobFailed = (unit: UnitName, kind: 'start' | 'stop', result: string, detail: string): GivcError =>
  new GivcError('FAILED_PRECONDITION', `the ${kind} job of unit "${unit}" ended as "${result}"${detail}`);
