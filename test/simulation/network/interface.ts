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

  /** A number that changes with each boot: packets of connections from earlier boots are unknown. */
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

  /** Ends the machine at once, without closing any connection. */
  goDown(): void {
    this.#isUp = false;
  }

  boots(): void {
    this.#isUp = true;
    this.#boot++;
    this.#changes.notify();
  }

  /**
   * Unplugs the cable; returns a function that plugs it in again. The cable is in once every caller has plugged it in.
   */
  unplug(): () => void {
    this.#unplugged++;
    return () => {
      this.#unplugged--;
      this.#changes.notify();
    };
  }

  /** Calls the listener when packets can arrive again after an interruption. */
  onChange(listener: () => void): void {
    this.#changes.add(listener);
  }
}
