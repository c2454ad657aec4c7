// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { statusOf, type UnitFacts } from '../../model/expected-rows.js';

export type Status = ReturnType<typeof statusOf>;

interface Past {
  readonly at: number;
  readonly status: Status;
}

/** All states of each unit of each machine, by its service manager, from the beginning. */
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

  /** What it has been since it became `wanted` last before that time, that included; all that it was when it never has been. */
  since(machine: string, unit: string, wanted: Status, before: number): ReadonlySet<Status> {
    const past = this.of(machine, unit);
    const from = past.findLastIndex(({ at, status }) => status === wanted && at <= before);
    return new Set(past.slice(Math.max(from, 0)).map(({ status }) => status));
  }
}
