// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { createHash } from 'node:crypto';

/** All events of a run, in order. Two runs of one seed have the same. */
export class EventLog {
  readonly lines: string[] = [];

  add(at: number, where: string, what: string): void {
    this.lines.push(`${at.toFixed(3)} ${where} ${what}`);
  }

  /** The SHA-256 hash of all events, in hexadecimal. */
  get hash(): string {
    return createHash('sha256').update(this.lines.join('\n')).digest('hex');
  }
}
