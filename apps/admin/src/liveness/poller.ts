// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** The interval at which the pause is computed again, so that a shorter one takes effect soon. */
const recheckMs = 1_000;

type State =
  | { readonly state: 'waiting'; readonly timer: NodeJS.Timeout }
  /** `isDue`: another poll follows immediately. */
  | { readonly state: 'polling'; readonly isDue: boolean }
  | { readonly state: 'stopped' };

/**
 * Polls repeatedly from now on: each time `pauseMs()` after the end of the previous poll, never two at a time. `poll`
 * must not reject.
 */
export class Poller {
  #state: State = { state: 'polling', isDue: false };

  constructor(
    private readonly poll: () => Promise<void>,
    private readonly pauseMs: () => number,
  ) {
    this.#poll();
  }

  /** Polls now instead of later, or as soon as a running poll has ended. */
  pollNow(): void {
    switch (this.#state.state) {
      case 'waiting':
        return this.#poll();
      case 'polling':
        return this.#setState({ state: 'polling', isDue: true });
      case 'stopped':
        return;
    }
  }

  stop(): void {
    this.#setState({ state: 'stopped' });
  }

  #setState(state: State): void {
    if (this.#state.state === 'waiting') clearTimeout(this.#state.timer);
    this.#state = state;
  }

  #poll(): void {
    this.#setState({ state: 'polling', isDue: false });
    void this.poll().then(() => {
      if (this.#state.state !== 'polling') return;
      if (this.#state.isDue) this.#poll();
      else this.#wait(performance.now());
    });
  }

  #wait(endedAt: number): void {
    const left = endedAt + this.pauseMs() - performance.now();
    if (left <= 0) return this.#poll();
    const timer = setTimeout(() => this.#wait(endedAt), Math.min(left, recheckMs));
    this.#setState({ state: 'waiting', timer });
  }
}
