// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The programs of `npm run build`. */
const binaries = `${process.cwd()}/dist/bin`;

/** One of the built programs, or another one by its path, running as a process. */
export class Program {
  /** The lines that it has written to stderr. */
  readonly lines: string[] = [];
  /** The text that it has written to stdout. */
  output = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  #wake: () => void = () => undefined;

  constructor(binary: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const file = resolve(binaries, binary);
    if (!existsSync(file)) throw new Error(`${file} is missing: npm run build`);
    this.#child = spawn(file, args, {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout!.on('data', (text: Buffer) => {
      this.output += String(text);
      this.#wake();
    });
    createInterface(this.#child.stderr!).on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    this.#ended = once(this.#child, 'close').then(([status]) => {
      this.#wake();
      return status as number | null;
    });
  }

  /**
   * Resolves with the line of stderr or stdout that is the `number`-th with this text; rejects when the program ends
   * first.
   */
  async line(text: string, number = 1): Promise<string> {
    for (;;) {
      const found = [...this.lines, ...this.output.split('\n')].filter((line) => line.includes(text))[number - 1];
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null) throw new Error(`it ended without "${text}":\n${this.lines.join('\n')}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Resolves with its stdout when it has exited with status 0. */
  async success(): Promise<string> {
    const status = await this.#ended;
    if (status !== 0) throw new Error(`exit status ${status}:\n${this.lines.join('\n')}`);
    return this.output;
  }

  /** Resolves with its stderr when it has exited with another status. */
  async failure(): Promise<string> {
    const status = await this.#ended;
    if (status === 0) throw new Error(`it succeeded:\n${this.output}`);
    return this.lines.join('\n');
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Whether it has loaded koffi, whose native code is a file that it maps into its memory. */
  get hasKoffi(): boolean {
    return readFileSync(`/proc/${this.pid}/maps`, 'utf8').includes('koffi.node');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.#child.kill(signal);
    await this.#ended;
  }
}
