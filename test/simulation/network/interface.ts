// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { Listeners } from '@givc/events';

/** The network of one machine: its address, whether it runs, and its cable. */
export class Interface {
  #isUp = true;
  #unplugged = 0;
  #boot = 0;
  readonly #changes = new Listeners();

  constructor(
    readonly name: string,
    readonly ip: string,
  ) {}

  /** Another one after each boot: what is left of earlier ones knows no connection any more. */
  get boot(): number {
    return this.#boot;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isPlugged(): boolean {
    return this.#unplugged === 0;
  }

  /** Whether a packet that is sent now would arrive. */
  reaches(other: Interface): boolean {
    return this.#isUp && this.isPlugged && other.#isUp && other.isPlugged;
  }

  /** The machine is gone at once, without closing any connection. */
  goDown(): void {
    this.#isUp = false;
  }

  boots(): void {
    this.#isUp = true;
    this.#boot++;
    this.#changes.notify();
  }

  /** Returns how to plug it in again; it is when all have done so who have unplugged it. */
  unplug(): () => void {
    this.#unplugged++;
    return () => {
      this.#unplugged--;
      this.#changes.notify();
    };
  }

  /** Calls the listener when packets can travel again that could not. */
  onChange(listener: () => void): void {
    this.#changes.add(listener);
  }
}
