// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The time after a fault during which its effects may be visible. */
const afterMs = 20_000;
/** The name for all machines together. */
export const everything = 'everything';

/** The name for a freeze of all processes, by which no agent may be lost. */
export const allFrozen = 'all frozen';

/** Records who was disturbed when: a machine and its agent, the admin, or everything. */
export class Disturbances {
  readonly #ends = new Map<string, number>();
  readonly #open = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** Begins a fault; call the returned function when it is over. */
  begin(who: string): () => void {
    this.#open.set(who, (this.#open.get(who) ?? 0) + 1);
    const began = this.now();
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#open.set(who, this.#open.get(who)! - 1);
      this.#ends.set(who, this.now());
      if (who === allFrozen) this.#prolong(began);
    };
  }

  /** While everything is frozen, the effects of earlier faults are not noticed, so they last longer. */
  #prolong(since: number): void {
    for (const [who, end] of this.#ends)
      if (who !== allFrozen && end + afterMs >= since) this.#ends.set(who, this.now());
  }

  /** Records a fault without duration. */
  note(who: string): void {
    this.begin(who)();
  }

  /** Begins a reset of the report stream, from which the agent must recover faster than from other faults. */
  beginReset(who: string): () => void {
    return this.begin(resetOf(who));
  }

  /** Whether nothing but resets of reports has happened to any of them since then, or shortly before. */
  areQuietButResets(all: readonly string[], since: number): boolean {
    return this.#areQuiet([...all, everything, allFrozen], since);
  }

  /** Like `areQuiet`, but ignores freezes of everything. */
  areQuietButFreezes(all: readonly string[], since: number): boolean {
    return this.#areQuiet([...all, ...all.map(resetOf), everything], since);
  }

  /** Whether anything has ever happened to one of them. */
  haveBeen(all: readonly string[]): boolean {
    return [...all, everything, allFrozen].some((who) => this.#open.has(who));
  }

  /** Whether nothing has happened to any of them since then, nor shortly before. */
  areQuiet(all: readonly string[], since: number): boolean {
    return this.areQuietButResets([...all, ...all.map(resetOf)], since);
  }

  #areQuiet(all: readonly string[], since: number): boolean {
    return all.every((who) => !this.#open.get(who) && (this.#ends.get(who) ?? -Infinity) + afterMs < since);
  }
}

const resetOf = (who: string): string => `reports of ${who}`;
