// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Timeout } from '@givc/time';

interface Pace<Value> {
  tokens: number;
  /** The time for which `tokens` is correct. */
  at: number;
  held: { value: Value; count: number } | undefined;
  timeout: Timeout | undefined;
}

/**
 * Passes on a burst of values of one key at once, and then one value in each interval: the latest one, with the number
 * of values that it replaces. Nothing is rejected, and the last value is always passed on.
 */
export class CoalescingThrottle<Value> {
  readonly #paces = new Map<string, Pace<Value>>();

  constructor(
    private readonly settings: { readonly burst: number; readonly everyMs: number },
    private readonly passLate: (key: string, value: Value, count: number) => void,
  ) {}

  /** Whether the value may pass now. If not, it is passed on later, unless a newer one replaces it. */
  offer(key: string, value: Value): boolean {
    const pace = this.#paceOf(key);
    if (!pace.held && pace.tokens >= 1) {
      pace.tokens--;
      return true;
    }
    pace.held = { value, count: (pace.held?.count ?? 0) + 1 };
    pace.timeout ??= new Timeout((1 - pace.tokens) * this.settings.everyMs, () => this.#pass(key, pace), {
      unref: true,
    });
    return false;
  }

  /** Drops the waiting values. */
  drop(key: string): void {
    const pace = this.#paces.get(key);
    pace?.timeout?.cancel();
    if (pace) Object.assign(pace, { held: undefined, timeout: undefined });
  }

  #pass(key: string, pace: Pace<Value>): void {
    const { held } = pace;
    pace.held = pace.timeout = undefined;
    this.#fill(pace);
    pace.tokens = Math.max(0, pace.tokens - 1);
    if (held) this.passLate(key, held.value, held.count);
  }

  #paceOf(key: string): Pace<Value> {
    for (const [each, pace] of this.#paces) {
      this.#fill(pace);
      if (!pace.held && pace.tokens === this.settings.burst) this.#paces.delete(each);
    }
    const { burst } = this.settings;
    const pace = this.#paces.get(key) ?? { tokens: burst, at: performance.now(), held: undefined, timeout: undefined };
    this.#paces.set(key, pace);
    return pace;
  }

  #fill(pace: Pace<Value>): void {
    const now = performance.now();
    const { burst, everyMs } = this.settings;
    pace.tokens = Math.min(burst, pace.tokens + (now - pace.at) / everyMs);
    pace.at = now;
  }
}
