// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { eventTypes, pressed, released, synDropped, synReport } from './event-codes.js';
import { eventBytes, readEvent, type InputEvent } from './input-event.js';

/** The number of events after which an unfinished packet is passed on; the packets of the kernel are far shorter. */
const longestPacket = 512;

/** A key or a switch. */
export type Stateful = Pick<InputEvent, 'type' | 'code'>;

const nameOf = ({ type, code }: Stateful): string => `${type}/${code}`;

/**
 * Groups the events of a device into packets, each with the SYN_REPORT at its end. After the kernel has dropped events
 * (SYN_DROPPED), it skips the rest of that packet and adds the changes of keys and
 * switches that were lost.
 */
export class PacketReader {
  /** The keys that are pressed and the switches that are on. */
  readonly #active: Map<string, Stateful>;
  #packet: InputEvent[] = [];
  #isSkipping = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly onPacket: (packet: readonly InputEvent[]) => void,
    /** The keys that are pressed now, and the switches that are on. */
    private readonly activeNow: () => readonly Stateful[],
  ) {
    this.#active = this.#ask();
  }

  /** Takes the bytes of one read from the device. */
  read(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    for (; at + eventBytes <= all.length; at += eventBytes) this.add(readEvent(all, at));
    this.#rest = all.subarray(at);
  }

  add(event: InputEvent): void {
    const { type, code, value } = event;
    if (type === eventTypes.syn && code === synDropped) {
      this.#packet = [];
      this.#isSkipping = true;
      return;
    }
    const isEnd = type === eventTypes.syn && code === synReport;
    if (this.#isSkipping) return isEnd ? this.#resume(event) : undefined;
    if (type === eventTypes.key || type === eventTypes.switch) {
      if (value === released) this.#active.delete(nameOf(event));
      else this.#active.set(nameOf(event), { type, code });
    }
    this.#packet.push(event);
    if (isEnd || this.#packet.length >= longestPacket) this.#flush();
  }

  #resume(end: InputEvent): void {
    this.#isSkipping = false;
    const now = this.#ask();
    const missing = (one: Map<string, Stateful>, other: Map<string, Stateful>, value: number): InputEvent[] =>
      [...one].filter(([name]) => !other.has(name)).map(([, stateful]) => ({ ...end, ...stateful, value }));
    const changed = [...missing(this.#active, now, released), ...missing(now, this.#active, pressed)];
    if (changed.length > 0) changed.push(end);
    for (const event of changed) this.add(event);
  }

  #ask(): Map<string, Stateful> {
    return new Map(this.activeNow().map((one) => [nameOf(one), one]));
  }

  #flush(): void {
    const packet = this.#packet;
    this.#packet = [];
    this.onPacket(packet);
  }
}
