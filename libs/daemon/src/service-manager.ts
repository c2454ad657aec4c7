// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LogOnce, type Log } from '@givc/log';
import { messageOf, parseText } from '@givc/model';
import { CoalescingThrottle, SerialQueue } from '@givc/queue';

/** The maximum length of a status in characters. */
const statusMax = 500;
/** A status is a process of systemd-notify(1). */
const statusRate = { burst: 1, everyMs: 1_000 };

/** The time limit of a notification, so that later ones do not wait for it without end. */
const limitMs = 10_000;

/** Microseconds of CLOCK_MONOTONIC, with which the service manager recognizes the reload that it has requested. */
const monotonicMicroseconds = (): bigint => process.hrtime.bigint() / 1_000n;

/**
 * Notifies the service manager of states (sd_notify(3)), one after the other; without a listening service manager,
 * nothing happens. Node has no unix datagram sockets, so systemd-notify(1) sends them; its units need NotifyAccess=all
 * for that. A failure is logged once.
 */
export class ServiceManager {
  readonly #queue = new SerialQueue();
  readonly #problems = new LogOnce();
  readonly #throttle = new CoalescingThrottle<string>(statusRate, (_, status) => void this.#sendStatus(status));
  #status = '';
  /** Notifications have numbers from 1: the last one, the last outdated one, and the last that has only a status. */
  #sent = 0;
  #outdated = 0;
  #lastStatus = 0;

  constructor(private readonly log: Log) {}

  /** Whether there is one, which is a reason to keep a status. */
  static get isPresent(): boolean {
    return Boolean(process.env['NOTIFY_SOCKET']);
  }

  /** The start or the reload is complete; resolves once the service manager knows it. */
  ready(status: string): Promise<void> {
    this.#throttle.drop('status');
    this.#status = statusOf(status);
    return this.#send(['READY=1', this.#status]);
  }

  /** A reload begins, after which `ready` must be called. What still waits for its turn is outdated. */
  reloading(): void {
    this.#outdate();
    void this.#send(['RELOADING=1', `MONOTONIC_USEC=${monotonicMicroseconds()}`]);
  }

  /** A stop begins. Waits for no earlier notification, because the process may end before that. */
  stopping(): void {
    this.#outdate();
    void this.#notify(['STOPPING=1', 'STATUS=stopping']);
  }

  /** Sends the status if it has changed; at most one a second, and the last one always. */
  status(status: string): void {
    const state = statusOf(status);
    if (state === this.#status) return;
    this.#status = state;
    if (this.#throttle.offer('status', state)) void this.#sendStatus(state);
  }

  #sendStatus(state: string): Promise<void> {
    const number = (this.#lastStatus = this.#sent + 1);
    return this.#send([state], () => number === this.#lastStatus);
  }

  #outdate(): void {
    this.#throttle.drop('status');
    this.#outdated = this.#sent;
  }

  /** Notifies after all earlier notifications, unless that has become outdated: so few wait while one hangs. */
  #send(states: readonly string[], isLast = () => true): Promise<void> {
    const number = ++this.#sent;
    return this.#queue.run(async () => {
      if (number > this.#outdated && isLast()) await this.#notify(states);
    });
  }

  async #notify(states: readonly string[]): Promise<void> {
    if (!ServiceManager.isPresent) return;
    try {
      await notify(states);
      this.#problems.end('notify');
    } catch (error) {
      const problem = messageOf(error);
      if (this.#problems.isNew('notify', problem))
        this.log.warn('cannot notify the service manager', { error: problem });
    }
  }
}

const statusOf = (text: string): string => `STATUS=${parseText(text.replace(/\s*\n\s*/g, ' '), statusMax)}`;

/** systemd-notify(1) waits until the service manager has read the message, which hangs when that hangs. */
async function notify(states: readonly string[]): Promise<void> {
  const program = spawn('systemd-notify', states, { stdio: ['ignore', 'ignore', 'inherit'] });
  const limit = setTimeout(() => program.kill('SIGKILL'), limitMs).unref();
  try {
    const [status] = (await once(program, 'exit')) as [number | null];
    const command = `systemd-notify ${states.join(' ')}`;
    if (status === null) throw new Error(`${command} was ended by a signal, or after ${limitMs / 1_000} s`);
    if (status !== 0) throw new Error(`${command} ended with status ${status}`);
  } finally {
    clearTimeout(limit);
  }
}
