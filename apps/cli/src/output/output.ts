// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { plainJson } from '@givc/model';
import { formatTable, plain, plainLines, type Table } from './table.js';

/** Results, and nothing else, on stdout; notes on stderr. Text of other machines is made harmless for a terminal. */
@Injectable()
export class Output {
  sentence(text: string): void {
    process.stdout.write(`${plain(text)}\n`);
  }

  /** A line on stderr about the progress of a command. */
  note(text: string): void {
    process.stderr.write(`givc-cli: ${plain(text)}\n`);
  }

  /** Notes the text when the work has taken longer than a second. */
  async meanwhile<T>(text: string, work: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.note(text), 1_000);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }

  /** As they are: a program reads them. */
  bytes(bytes: Uint8Array): void {
    process.stdout.write(bytes);
  }

  /** One line. */
  json(value: unknown): void {
    process.stdout.write(`${plainJson(value)}\n`);
  }

  /** A terminal gets lines that fit, everything else whole ones. */
  table({ head, rows }: Table): void {
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    process.stdout.write(formatTable(head, rows, width || undefined));
  }

  /** A part of what a program of another machine prints, on the stream that it was printed on. */
  progress(to: 'stdout' | 'stderr', text: string): void {
    process[to].write(plainLines(text));
  }

  /** What stdout is, if that is a terminal which can place a cursor. */
  get terminal(): NodeJS.WriteStream | undefined {
    return process.stdout.isTTY && process.env['TERM'] !== 'dumb' ? process.stdout : undefined;
  }

  /** https://no-color.org */
  get hasColour(): boolean {
    return this.terminal !== undefined && !process.env['NO_COLOR'];
  }

  /** Whole lines in which text of other machines has passed `plain` already. */
  text(lines: string): void {
    process.stdout.write(lines);
  }
}
