/** What `pauseMs` says is looked at again so often, so that a shorter pause begins soon. */
const lookMs = 1_000;

/**
 * Does something again and again, from now on: each time `pauseMs()` after the end of the time before. `round` never
 * rejects.
 */
export class Rounds {
  #timer: NodeJS.Timeout | undefined;
  #isGoing = false;
  #isDue = false;
  #isStopped = false;
  #endedAt = 0;

  constructor(
    private readonly round: () => Promise<void>,
    private readonly pauseMs: () => number,
  ) {
    this.begin();
  }

  /** Begins now instead of later, or as soon as the round that goes on has ended. */
  begin(): void {
    if (this.#isStopped) return;
    this.#isDue = this.#isGoing;
    if (this.#isGoing) return;
    clearTimeout(this.#timer);
    this.#isGoing = true;
    void this.round().then(() => {
      this.#isGoing = false;
      this.#endedAt = performance.now();
      if (this.#isDue) this.begin();
      else this.#wait();
    });
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  #wait(): void {
    if (this.#isStopped) return;
    const left = this.#endedAt + this.pauseMs() - performance.now();
    if (left <= 0) this.begin();
    else this.#timer = setTimeout(() => this.#wait(), Math.min(left, lookMs));
  }
}
