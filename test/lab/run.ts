// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn } from 'node:child_process';
import { waitLimitMs } from './limits.js';
import { killAll } from './running-program.js';

/** The result of a program. */
export interface Outcome {
  /** The exit status; 128 + n when signal n ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start of the process to its end. */
  readonly ms: number;
}

export interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** The time in milliseconds after which it is killed; 120,000 by default. */
  readonly limit?: number;
}

const signalled = 128;

/** Runs a program to its end, without a shell and without input. Rejects only when it cannot be started. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(command[0]!, command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => killAll(child), options.limit ?? waitLimitMs);
    child.once('error', (error) => {
      clearTimeout(limit);
      reject(error);
    });
    child.once('close', (status) => {
      clearTimeout(limit);
      resolve({ status: status ?? signalled + 9, stdout, stderr, ms: performance.now() - started });
    });
  });
}

/** As `run`, but rejects for a status other than 0; returns the output without the last line end. */
export async function output(command: readonly string[], options: RunOptions = {}): Promise<string> {
  const { status, stdout, stderr } = await run(command, options);
  if (status !== 0) throw new Error(`${command.join(' ')}: status ${status}\n${stderr}${stdout}`);
  return stdout.trimEnd();
}
