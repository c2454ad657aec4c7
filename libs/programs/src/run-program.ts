// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { execFile } from 'node:child_process';
import { constants } from 'node:os';
import { GivcError } from '@givc/model';
import { Timeout } from '@givc/time';

export interface ProgramOptions {
  /** Its standard input; empty by default. */
  readonly stdin?: Uint8Array | string;
  /** The time limit, 30 s by default; then it is killed. */
  readonly timeoutMs?: number;
  /** The maximum size of each of its outputs, 1 MiB by default; then it is killed. */
  readonly maxBytes?: number;
  /** Aborting it kills the program. */
  readonly signal?: AbortSignal;
  /** Variables beside those of this process. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

export interface ProgramResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  /** The exit status; 128 and the number of the signal that has ended it. */
  readonly status: number;
}

type Failure = Error & { readonly code?: string | number | null; readonly signal?: NodeJS.Signals | null };

interface Bounds {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal | undefined;
}

const asError = (error: Failure, command: string, { timeoutMs, maxBytes, signal }: Bounds): GivcError => {
  const failed = (reason: ConstructorParameters<typeof GivcError>[0], what: string) =>
    new GivcError(reason, `${command}: ${what}`, { cause: error });
  if (signal?.aborted) return failed('CANCELLED', 'the caller hung up');
  switch (error.code) {
    case 'ENOENT':
      return failed('FAILED_PRECONDITION', 'this machine has no such program; install it, or put it on the PATH');
    case 'EACCES':
      return failed('FAILED_PRECONDITION', 'this user may not run it');
    case 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER':
      return failed('RESOURCE_EXHAUSTED', `its output has more than ${maxBytes} bytes`);
    case null:
      return failed('DEADLINE_EXCEEDED', `it did not end within ${timeoutMs / 1_000} s`);
    default:
      return failed('INTERNAL', error.message);
  }
};

/**
 * Runs a program, by its path or from the PATH, with these arguments and no shell, to its end. Resolves with its
 * output, whatever its status is. Rejects with FAILED_PRECONDITION when there is no such program or it may not be run,
 * and with DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED or CANCELLED when it was killed. Errors never contain its arguments.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { stdin, timeoutMs = 30_000, maxBytes = 1024 * 1024, signal, environment, directory } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      {
        encoding: 'buffer',
        maxBuffer: maxBytes,
        killSignal: 'SIGKILL',
        signal,
        cwd: directory,
        env: { ...process.env, ...environment },
      },
      (error: Failure | null, stdout, stderr) => {
        limit.cancel();
        if (!error) return resolve({ stdout, stderr, status: 0 });
        if (typeof error.code === 'number') return resolve({ stdout, stderr, status: error.code });
        const isOurs = child.killed || signal?.aborted === true;
        if (error.signal && !isOurs) return resolve({ stdout, stderr, status: 128 + constants.signals[error.signal] });
        reject(asError(error, command, { timeoutMs, maxBytes, signal }));
      },
    );
    const limit = new Timeout(timeoutMs, () => {
      // Other processes that hold the outputs are not waited for.
      for (const output of [child.stdout, child.stderr]) output?.destroy();
      child.kill('SIGKILL');
    });
    // A program that does not read its input may end before it is written.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(stdin);
  });
}
