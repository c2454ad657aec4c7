import { Timeout } from '@givc/time';

/** What has to go on within a time. */
export interface Unfinished {
  /** Whether it waits for this server, and not for its peer. */
  readonly isHeldUp: boolean;
  expire(): void;
}

/**
 * Everything that peers have begun and not ended, of which each must go on within `ms` to twice that, measured as `Timeout`
 * does: one timer for all of them, because there is one with each call.
 */
export class UnfinishedSet {
  #young = new Set<Unfinished>();
  #old = new Set<Unfinished>();
  #isTiming = false;

  constructor(private readonly ms: number) {}

  /** From now on, also of what was begun before: its time begins anew. */
  begin(one: Unfinished): void {
    this.#old.delete(one);
    this.#young.add(one);
    if (!this.#isTiming) this.#start();
  }

  end(one: Unfinished): void {
    if (!this.#young.delete(one)) this.#old.delete(one);
  }

  #start(): void {
    this.#isTiming = true;
    new Timeout(this.ms, () => this.#pass(), { unref: true });
  }

  #pass(): void {
    const due = this.#old;
    this.#old = this.#young;
    this.#young = new Set();
    for (const one of due) {
      if (one.isHeldUp) this.#young.add(one);
      else one.expire();
    }
    if (this.#old.size + this.#young.size > 0) this.#start();
    else this.#isTiming = false;
  }
}
