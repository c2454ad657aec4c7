// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import { GivcError, messageOf, type Reason } from '@givc/model';
import { Timeout } from '@givc/time';

export interface ProgramGroupOptions {
  /** The complete environment; a bare name is also looked for on its PATH. */
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
}

/** The time between SIGTERM and SIGKILL. */
const graceMs = 5_000;
const lookMs = 50;

const reasonOf: Readonly<Record<string, Reason>> = {
  ENOENT: 'FAILED_PRECONDITION',
  EACCES: 'FAILED_PRECONDITION',
  ENOEXEC: 'FAILED_PRECONDITION',
  E2BIG: 'INVALID_ARGUMENT',
  EAGAIN: 'RESOURCE_EXHAUSTED',
  EMFILE: 'RESOURCE_EXHAUSTED',
  ENFILE: 'RESOURCE_EXHAUSTED',
  ENOMEM: 'RESOURCE_EXHAUSTED',
};

/**
 * A program in its own session and process group (setsid(2)), whose input and outputs are streams. Processes of the
 * group that are left when the program ends get SIGTERM as well.
 */
export class ProgramGroup {
  /**
   * Resolves with the exit status, or 128 and the number of the signal that has ended it, once the program has ended
   * and its outputs were read to their end, so the outputs have to be read.
   */
  readonly ended: Promise<number>;
  /** Resolves once no process of the group is left. */
  readonly gone: Promise<void>;
  #isGone = false;
  #grace: Timeout | undefined;
  #isKilled = false;

  private constructor(private readonly child: ChildProcessWithoutNullStreams) {
    child.once('exit', () => this.end());
    // A program that does not read its input may end before it is written; only its exit status counts.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => undefined);
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : code!));
    });
    this.gone = this.ended.then(async () => {
      await this.#isEmpty();
      this.#grace?.cancel();
    });
  }

  /**
   * Starts a program without a shell. FAILED_PRECONDITION when it cannot be run, INVALID_ARGUMENT when its arguments
   * are too long, RESOURCE_EXHAUSTED when the machine has no resources for it; errors never contain its arguments.
   */
  static async start(command: string, args: readonly string[], options: ProgramGroupOptions): Promise<ProgramGroup> {
    try {
      const { directory: cwd, environment: env } = options;
      const child = spawn(command, args, { cwd, env, detached: true });
      await once(child, 'spawn');
      return new ProgramGroup(child);
    } catch (error) {
      const reason = reasonOf[(error as NodeJS.ErrnoException).code ?? ''] ?? 'INTERNAL';
      throw new GivcError(reason, `cannot run ${command}: ${messageOf(error)}`, { cause: error });
    }
  }

  get pid(): number {
    return this.child.pid!;
  }

  get stdin(): Writable {
    return this.child.stdin;
  }

  get stdout(): Readable {
    return this.child.stdout;
  }

  get stderr(): Readable {
    return this.child.stderr;
  }

  /** Sends a signal, by its number, to every process of the group; false when no process could receive it. */
  signal(number: number): boolean {
    if (this.#isGone) return false;
    try {
      return process.kill(-this.pid, number);
    } catch (error) {
      // After this, the id may belong to other processes.
      this.#isGone = (error as NodeJS.ErrnoException).code === 'ESRCH';
      return false;
    }
  }

  /**
   * Sends SIGTERM to the group, including stopped processes, and SIGKILL after 5 s. A process that has left the group
   * and still holds an output is then no longer awaited, unless there is output left to read.
   */
  end(): void {
    if (this.#grace !== undefined) return;
    this.signal(constants.signals.SIGTERM);
    this.signal(constants.signals.SIGCONT);
    this.#grace = new Timeout(graceMs, () => {
      this.#grace = undefined;
      this.signal(constants.signals.SIGKILL);
      this.#isKilled = true;
      for (const output of [this.stdout, this.stderr]) if (!output.isPaused()) output.destroy();
    });
  }

  /** The kernel reports only the end of child processes, so the group is polled. */
  #isEmpty(): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (this.signal(0) && !this.#isKilled) setTimeout(look, lookMs);
        else resolve();
      };
      look();
    });
  }

  /** Ends the group, and discards the rest of its output. */
  abandon(): void {
    for (const output of [this.stdout, this.stderr]) output.removeAllListeners('data').resume();
    this.stdin.destroy();
    this.end();
  }
}
