/** The pause is computed again so often, so that a shorter one takes effect soon. */
const recheckMs = 1_000;

/**
 * Polls again and again, from now on: each time `pauseMs()` after the end of the poll before, never two at a time. `poll`
 * must not reject.
 */
export class Poller {
  #timer: NodeJS.Timeout | undefined;
  #isPolling = false;
  #isDue = false;
  #isStopped = false;
  #endedAt = 0;

  constructor(
    private readonly poll: () => Promise<void>,
    private readonly pauseMs: () => number,
  ) {
    this.pollNow();
  }

  /** Polls now instead of later, or as soon as the poll that is under way has ended. */
  pollNow(): void {
    if (this.#isStopped) return;
    this.#isDue = this.#isPolling;
    if (this.#isPolling) return;
    clearTimeout(this.#timer);
    this.#isPolling = true;
    void this.poll().then(() => {
      this.#isPolling = false;
      this.#endedAt = performance.now();
      if (this.#isDue) this.pollNow();
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
    if (left <= 0) this.pollNow();
    else this.#timer = setTimeout(() => this.#wait(), Math.min(left, recheckMs));
  }
}
