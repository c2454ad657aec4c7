// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { runCli } from './cli.js';

export interface CliRun {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** For tests: a command that runs in this process, one at a time; what it has written so far is in `out` and `err`. */
export class RunningCli {
  readonly ended: Promise<CliRun>;
  out = '';
  err = '';
  #wake: () => void = () => undefined;

  constructor(args: readonly string[]) {
    const capture = (name: 'out' | 'err') => (text: string | Uint8Array) => {
      this[name] += String(text);
      this.#wake();
      return true;
    };
    const spies = [
      jest.spyOn(process.stdout, 'write').mockImplementation(capture('out')),
      jest.spyOn(process.stderr, 'write').mockImplementation(capture('err')),
    ];
    this.ended = runCli(['node', 'givc-cli', ...args])
      .then((status) => ({ status, out: this.out, err: this.err }))
      .finally(() => {
        for (const spy of spies) spy.mockRestore();
      });
  }

  /** Resolves when it has written this, after the first `from` characters. */
  async wrote(name: 'out' | 'err', text: string, from = 0): Promise<void> {
    while (!this[name].includes(text, from)) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}
