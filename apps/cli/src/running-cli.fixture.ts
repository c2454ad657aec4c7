// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { runCli } from './cli.js';

export interface CliRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** The executable that tests run as `givc-cli`: the one that GIVC_CLI names, else none, and it runs in this process. */
const executable = process.env['GIVC_CLI'];

/** Skips tests that need the program in the process of the test when GIVC_CLI names an executable. */
export const itInProcess = executable === undefined ? it : it.skip;

/** For tests: a command that runs, one at a time; what it has written so far is in `out` and `err`. */
export class RunningCli {
  readonly ended: Promise<CliRun>;
  out = '';
  err = '';
  #wake: () => void = () => undefined;

  constructor(args: readonly string[]) {
    const running = executable === undefined ? this.#runHere(args) : this.#runExecutable(executable, args);
    this.ended = running.then((status) => ({ status, out: this.out, err: this.err }));
  }

  /** Resolves when it has written this text, after the first `from` characters. */
  async wrote(name: 'out' | 'err', text: string, from = 0): Promise<void> {
    while (!this[name].includes(text, from)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #write(name: 'out' | 'err', text: string | Uint8Array): true {
    this[name] += String(text);
    this.#wake();
    return true;
  }

  #runHere(args: readonly string[]): Promise<number> {
    const spies = [
      jest.spyOn(process.stdout, 'write').mockImplementation((text) => this.#write('out', text)),
      jest.spyOn(process.stderr, 'write').mockImplementation((text) => this.#write('err', text)),
    ];
    return runCli(['node', 'givc-cli', ...args]).finally(() => {
      for (const spy of spies) spy.mockRestore();
    });
  }

  /** With the environment, the signals and, where the test has replaced it, the stdin of the test. */
  #runExecutable(file: string, args: readonly string[]): Promise<number> {
    const stdin = Object.getOwnPropertyDescriptor(process, 'stdin') ?? {};
    const isReplaced = jest.isMockFunction(Reflect.get(stdin, 'get'));
    const child = spawn(file, args, { stdio: [isReplaced ? 'pipe' : 'ignore', 'pipe', 'pipe'], env: process.env });
    if (child.stdin) process.stdin.pipe(child.stdin);
    child.stdout!.setEncoding('utf8').on('data', (text: string) => this.#write('out', text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => this.#write('err', text));
    const interrupt = () => child.kill('SIGINT');
    process.on('SIGINT', interrupt);
    return new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => resolve(status ?? -1));
    }).finally(() => process.off('SIGINT', interrupt));
  }
}
