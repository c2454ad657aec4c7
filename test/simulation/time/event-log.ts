// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';

/** All that has happened in a run, in order: two runs of one seed have the same. */
export class EventLog {
  readonly lines: string[] = [];

  add(at: number, where: string, what: string): void {
    this.lines.push(`${at.toFixed(3)} ${where} ${what}`);
  }

  /** SHA-256, in hexadecimal. */
  get hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex');
  }
}
