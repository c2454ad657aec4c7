// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { statusOf, type UnitFacts } from '../../model/expected-rows.js';

export type Status = ReturnType<typeof statusOf>;

interface Past {
  readonly at: number;
  readonly status: Status;
}

/** All states of each unit of each machine since the beginning, according to its service manager. */
export class History {
  readonly #past = new Map<string, Past[]>();

  constructor(private readonly now: () => number) {}

  add(machine: string, facts: UnitFacts): void {
    const key = `${machine} ${facts.unit}`;
    const past = this.#past.get(key) ?? [];
    this.#past.set(key, past);
    const status = statusOf(facts);
    if (past.at(-1)?.status !== status) past.push({ at: this.now(), status });
  }

  of(machine: string, unit: string): readonly Past[] {
    return this.#past.get(`${machine} ${unit}`) ?? [];
  }

  /** The states from the last change to `wanted` before that time on; all states when there was no such change. */
  since(machine: string, unit: string, wanted: Status, before: number): ReadonlySet<Status> {
    const past = this.of(machine, unit);
    const from = past.findLastIndex(({ at, status }) => status === wanted && at <= before);
    return new Set(past.slice(Math.max(from, 0)).map(({ status }) => status));
  }
}
