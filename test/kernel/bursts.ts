// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { DeviceDescription } from '@givc/input';
import { described, end, key, move, x, y, type Event } from '../support/event-pair.js';

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);
/**
 * Keys without a meaning for the kernel itself: random keys of a keyboard would restart the machine (SysRq) at some
 * point.
 */
const keys = range(0x160, 0x21f);

/**
 * A device of which the kernel keeps 1,024 unread events, and passes on packets of up to 70 events as a whole. The
 * kernel estimates the packet size by the device's axes, most of which are never moved, and has room for eight packets.
 */
export const roomy = (name: string): DeviceDescription =>
  described(name, {
    keys,
    relative: range(0, 0x0f),
    absolute: range(0, 0x2e).map((code) => ({ code, minimum: -1, maximum: 1, fuzz: 0, flat: 0, resolution: 0 })),
  });

/** The events of such a device, random but the same for the same seed: keys, and in some packets movements. */
export class Bursts {
  /** The sum of each axis over all bursts so far, by its type and code as in `2/0`. */
  readonly moved = new Map<string, number>();
  readonly #pressed = new Set<number>();
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** A burst of 800 changes of keys, in packets of 1 to 49; fewer than 1,024 events. */
  next(): Event[] {
    const events: Event[] = [];
    for (let left = 800; left > 0;) {
      const size = Math.min(left, 1 + this.#below(49));
      for (let n = 0; n < size; n++) events.push(this.#change());
      if (this.#below(2) === 0) events.push(this.#move(x), this.#move(y));
      events.push(end);
      left -= size;
    }
    return events;
  }

  #change(): Event {
    const code = keys[this.#below(keys.length)]!;
    const wasPressed = this.#pressed.delete(code);
    if (!wasPressed) this.#pressed.add(code);
    return key(code, wasPressed ? 0 : 1);
  }

  #move(code: number): Event {
    const value = this.#below(200) - 100 || 1;
    this.moved.set(`2/${code}`, (this.moved.get(`2/${code}`) ?? 0) + value);
    return move(code, value);
  }

  /** A linear congruential generator (Numerical Recipes). */
  #below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * limit);
  }
}
