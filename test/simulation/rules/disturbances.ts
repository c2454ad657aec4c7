/** So long after a fault its traces may be seen. */
const afterMs = 20_000;

/** Who was disturbed when: a machine and its agent, the admin, or all (`everybody`). */
export class Disturbances {
  readonly #ends = new Map<string, number>();
  readonly #open = new Map<string, number>();

  constructor(private readonly now: () => number) {}

  /** Something happens to it; returns what is called when that is over. */
  begin(who: string): () => void {
    this.#open.set(who, (this.#open.get(who) ?? 0) + 1);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#open.set(who, this.#open.get(who)! - 1);
      this.#ends.set(who, this.now());
    };
  }

  /** Something has happened to it at once. */
  note(who: string): void {
    this.begin(who)();
  }

  /** Whether anything has happened to one of them at all. */
  haveBeen(all: readonly string[]): boolean {
    return [...all, 'everybody'].some((who) => this.#open.has(who));
  }

  /** Whether nothing has happened to any of them since then, nor shortly before. */
  areQuiet(all: readonly string[], since: number): boolean {
    return [...all, 'everybody'].every(
      (who) => !this.#open.get(who) && (this.#ends.get(who) ?? -Infinity) + afterMs < since,
    );
  }
}
