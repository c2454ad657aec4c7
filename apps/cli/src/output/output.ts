// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Injectable } from '@nestjs/common';
import { plainJson } from '@givc/model';
import { plain, plainLines } from './plain-text.js';
import { formatTable, type Table } from './table.js';

/** Writes results, and nothing else, to stdout, and notes to stderr. Text of other machines is made printable. */
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

  /** The raw bytes, for a program that reads them. */
  bytes(bytes: Uint8Array): void {
    process.stdout.write(bytes);
  }

  /** Writes one line. */
  json(value: unknown): void {
    process.stdout.write(`${plainJson(value)}\n`);
  }

  /** Writes lines that fit on a terminal, and complete lines elsewhere. */
  table({ head, rows }: Table): void {
    const width = process.stdout.isTTY ? process.stdout.columns : undefined;
    process.stdout.write(formatTable(head, rows, width || undefined));
  }

  /** A part of the output of a program on another machine, on the same stream. */
  progress(to: 'stdout' | 'stderr', text: string): void {
    process[to].write(plainLines(text));
  }

  /** Stdout, if it is a terminal that can place a cursor. */
  get terminal(): NodeJS.WriteStream | undefined {
    return process.stdout.isTTY && process.env['TERM'] !== 'dumb' ? process.stdout : undefined;
  }

  /** https://no-color.org */
  get hasColour(): boolean {
    return this.terminal !== undefined && !process.env['NO_COLOR'];
  }

  /** Complete lines, in which text of other machines has passed `plain`. */
  text(lines: string): void {
    process.stdout.write(lines);
  }
}
