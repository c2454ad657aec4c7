// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { userInfo } from 'node:os';
import type { OnApplicationShutdown } from '@nestjs/common';
import { GivcError, quoted } from '@givc/model';
import { ProgramGroup } from '@givc/programs';
import type { journal } from '@givc/rpc';
import { batches } from './batches.js';
import { ExportReader } from './export-reader.js';
import { Journal, journalFields } from './journal.js';
import type { JournalQuery } from './journal-query.js';

const maxErrorText = 400;

const isSession = (): boolean => process.getuid!() !== 0;

/**
 * The arguments of journalctl(1). The time is not one of them, because `--lines` with `--since` are the oldest entries
 * before systemd 254.
 */
export function argumentsFor({ units, lines, follow, priority }: JournalQuery, ofUser: boolean): string[] {
  return [
    ...['--quiet', '--no-pager', '--output=export', `--output-fields=${journalFields.join(',')}`, `--lines=${lines}`],
    ...(follow ? ['--follow'] : []),
    ...(priority === undefined ? [] : [`--priority=${priority}`]),
    ...units.map((unit) => `--${ofUser ? 'user-unit' : 'unit'}=${unit}`),
  ];
}

/** The journal as journalctl(1) reads it, which is a program for each reader and ends with it. */
export class Journalctl extends Journal implements OnApplicationShutdown {
  readonly #programs = new Set<ProgramGroup>();

  /** `command` is the program to run, by its path or from the PATH. */
  constructor(private readonly command: string) {
    super();
  }

  async *read(query: JournalQuery, signal: AbortSignal): AsyncGenerator<readonly journal.Entry[], void, undefined> {
    const program = await ProgramGroup.start(this.command, argumentsFor(query, isSession()), {
      environment: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' },
      directory: '/',
    });
    this.#programs.add(program);
    const end = () => program.end();
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    let problem = '';
    program.stderr.on('data', (bytes: Buffer) => (problem = `${problem}${bytes.toString()}`.slice(0, maxErrorText)));
    program.stdin.end();
    try {
      const reader = new ExportReader();
      const earliest = (query.sinceMs ?? 0) * 1_000;
      for await (const chunk of program.stdout as AsyncIterable<Buffer>) {
        const entries = reader.push(chunk).filter(({ realtime_us: at }) => at >= earliest);
        for (const batch of batches(entries)) yield batch;
        if (signal.aborted) return;
      }
      const status = await program.ended;
      if (status !== 0 && !signal.aborted) throw failure(status, problem.trim());
    } finally {
      signal.removeEventListener('abort', end);
      program.abandon();
      await program.gone;
      this.#programs.delete(program);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(
      Array.from(this.#programs, (program) => {
        program.abandon();
        return program.gone;
      }),
    );
  }
}

/** A user reads the own journal only if journald(8) splits the journal, which it does on disk (`SplitMode=`). */
function failure(status: number, problem: string): GivcError {
  const text = problem === '' ? '' : `: ${quoted(problem)}`;
  const fix = isSession()
    ? `; the user ${userInfo().username}, as which this agent runs, may need the group systemd-journal ` +
      '("usermod --append --groups systemd-journal", then a new session)'
    : '';
  return new GivcError('FAILED_PRECONDITION', `journalctl ended with status ${status}${text}${fix}`);
}
