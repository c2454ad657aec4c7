// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Access, Audit, Rules } from '@givc/access';
import type { TlsMaterial } from '@givc/rpc';
import { identityOf } from './certificates.js';

/** One line of the audit log: docs/operations.md explains its fields. */
export interface AuditLine {
  readonly time: string;
  readonly peer?: string;
  readonly address?: string;
  readonly rpc?: string;
  readonly request?: Readonly<Record<string, unknown>>;
  readonly answer: string;
  readonly ms?: number;
  readonly rule?: string;
  readonly reason?: string;
  readonly trace_id?: string;
  readonly call?: number;
  readonly phase?: 'began' | 'ended';
}

/** The lines that a server wrote into its audit log, in order. */
export class TestRecord {
  /** All lines except those for the begin of a change. */
  readonly lines: AuditLine[] = [];
  /** The lines for the begin of a change, which have no answer. */
  readonly begun: AuditLine[] = [];
  #read = 0;
  #wake: () => void = () => undefined;

  /** Called by the server. */
  add(line: AuditLine): void {
    if (line.phase === 'began') return void this.begun.push(line);
    this.lines.push(line);
    this.#wake();
  }

  /** The next line with this answer that was not read or skipped before, as soon as it is written. */
  async next(answer: string): Promise<AuditLine> {
    for (;;) {
      while (this.lines.length === this.#read) await new Promise<void>((resolve) => (this.#wake = resolve));
      const line = this.lines[this.#read++]!;
      if (line.answer === answer) return line;
    }
  }

  /** Skips the existing lines. */
  skip(): void {
    this.#read = this.lines.length;
  }
}

/** Access control by certificates and rules in memory, and its audit log. Throws for invalid rules. */
export async function testAccess(
  denial: string,
  { tls, rules }: { readonly tls: TlsMaterial | undefined; readonly rules: string | undefined },
): Promise<{ readonly access: Access; readonly record: TestRecord }> {
  const record = new TestRecord();
  const audit = new Audit({
    write: (line) => record.add(JSON.parse(line) as AuditLine),
    reload: () => undefined,
    close: () => undefined,
  });
  const parsed = rules === undefined ? undefined : await Rules.parse(rules, 'test.cedar');
  return { access: new Access({ identity: identityOf(tls), rules: parsed, audit, denial }), record };
}
