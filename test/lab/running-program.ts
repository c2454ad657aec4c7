// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { waitLimitMs } from './limits.js';

/** A program that runs until it is stopped, here or in a machine, and whose output lines can be awaited. */
export class RunningProgram {
  /** Resolves once it has ended. */
  readonly ended: Promise<unknown>;
  readonly #lines: string[] = [];
  #read = 0;
  #hasEnded = false;
  #wake = (): void => undefined;

  private constructor(
    private readonly command: readonly string[],
    private readonly child: ChildProcess,
  ) {
    for (const input of [child.stdout!, child.stderr!])
      createInterface({ input }).on('line', (line) => {
        this.#lines.push(line);
        this.#wake();
      });
    this.ended = once(child, 'close');
    child.once('close', () => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** Starts it without a shell and without input. */
  static start(command: readonly string[]): RunningProgram {
    return new RunningProgram(command, spawn(command[0]!, command.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  /**
   * Resolves with the next line of its output that contains this text, after the lines of earlier calls. Rejects with
   * all of the output when the program has ended without one, or after 120 s.
   */
  async line(text: string): Promise<string> {
    const deadline = AbortSignal.timeout(waitLimitMs);
    deadline.addEventListener('abort', () => this.#wake(), { once: true });
    for (;;) {
      while (this.#read < this.#lines.length) {
        const line = this.#lines[this.#read++]!;
        if (line.includes(text)) return line;
      }
      if (this.#hasEnded || deadline.aborted) {
        const cause = this.#hasEnded ? 'the program has ended' : `not in ${waitLimitMs} ms`;
        throw new Error(`"${text}": ${cause}: ${this.command.join(' ')}\n${this.#lines.join('\n')}`);
      }
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Kills it with all of its child processes, which for nsenter(1) is the program in the machine. */
  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    const ended = once(this.child, 'close');
    killAll(this.child);
    await ended;
  }
}

/** Kills a program with all of its child processes, which for nsenter(1) is the program in the machine. */
export function killAll(child: ChildProcess): void {
  for (const pid of descendants(child.pid!)) kill(pid);
  child.kill('SIGKILL');
}

function descendants(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  const children = readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return children.flatMap((child) => [child, ...descendants(child)]);
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
