// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { createSecureContext } from 'node:tls';
import { parseEndpoint, type Endpoint } from '@givc/model';
import type { TlsMaterial } from '@givc/rpc';
import type { Target } from './raw-connection.js';

/** The time limit for the start of a program until it listens. */
const startLimitMs = 60_000;
const binaries = new URL('../../dist/bin/', import.meta.url).pathname;

export interface ProgramOptions {
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** One of the built programs, running as a separate process. */
export class BuiltProgram {
  /** Its lines on stderr. */
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  readonly #ended: Promise<void>;
  #port = 0;

  private constructor(
    /** The name in its certificate. */
    readonly name: string,
    binary: string,
    { arguments: args, environment }: ProgramOptions,
  ) {
    const file = join(binaries, binary);
    if (!existsSync(file)) throw new Error(`${file} is missing: npm run build`);
    // It is killed with the attack.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#lines = createInterface(this.#child.stderr!);
    this.#ended = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  /** Resolves once it listens. */
  static async start(name: string, binary: string, options: ProgramOptions): Promise<BuiltProgram> {
    const program = new BuiltProgram(name, binary, options);
    await new Promise<void>((resolve, reject) => {
      const fail = (why: string) => reject(new Error(`${binary} ${why}\n${program.lines.join('\n')}`));
      const limit = setTimeout(() => fail('does not listen'), startLimitMs);
      program.#child.once('close', () => fail('has ended'));
      program.#lines.on('line', (line) => {
        program.lines.push(line);
        const port = /\blistening\b.*\baddresses="?[^ "]*:([0-9]+)/.exec(line)?.[1];
        if (port === undefined || program.#port !== 0) return;
        program.#port = Number(port);
        clearTimeout(limit);
        resolve();
      });
    });
    return program;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  get port(): number {
    return this.#port;
  }

  get endpoint(): Endpoint {
    return parseEndpoint(this.name, {
      Protocol: 'tcp',
      Address: '127.0.0.1',
      Port: String(this.port),
      Name: this.name,
    });
  }

  /** The target of a `RawConnection` of a peer with this certificate and key. */
  target(material: TlsMaterial): Target {
    return {
      host: '127.0.0.1',
      port: this.port,
      secureContext: createSecureContext({ ...material, minVersion: 'TLSv1.3' }),
    };
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /**
   * The MiB in memory now, and the maximum since the last `resetPeak`, as the kernel counts them (proc_pid_status(5)).
   */
  memory(): { readonly now: number; readonly peak: number } {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    const mebibytes = (field: string): number => {
      const kibibytes = new RegExp(`^${field}:\\s+([0-9]+) kB$`, 'm').exec(status)?.[1];
      if (kibibytes === undefined) throw new Error(`/proc/${this.pid}/status has no ${field}`);
      return Number(kibibytes) / 1024;
    };
    return { now: mebibytes('VmRSS'), peak: mebibytes('VmHWM') };
  }

  /** Resolves once it has written a line that contains this text. */
  async untilLine(text: string): Promise<void> {
    while (!this.lines.some((line) => line.includes(text))) await once(this.#lines, 'line');
  }

  /** Resolves with the next line that contains this text. */
  async nextLine(text: string): Promise<string> {
    for (;;) {
      const [line] = (await once(this.#lines, 'line')) as [string];
      if (line.includes(text)) return line;
    }
  }

  /** The number of its open file descriptors (proc_pid_fd(5)). */
  get descriptors(): number {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** The processor time that it has used, in milliseconds: utime and stime of proc_pid_stat(5), in ticks of 10 ms. */
  get processorMs(): number {
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Resolves with its exit status once it has ended; null after a signal. */
  async untilEnd(): Promise<number | null> {
    if (this.isRunning) await once(this.#child, 'exit');
    return this.#child.exitCode;
  }

  /** Resets the peak of the memory (`5` of proc_pid_clear_refs(5)). */
  resetPeak(): void {
    writeFileSync(`/proc/${this.pid}/clear_refs`, '5');
  }

  async stop(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
