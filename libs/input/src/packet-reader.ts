// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { eventTypes, pressed, released, synDropped, synReport } from './event-codes.js';
import { eventBytes, readEvent, type InputEvent } from './input-event.js';

/** The number of events after which an unfinished packet is passed on; the packets of the kernel are far shorter. */
const longestPacket = 512;

/**
 * Groups the events of a device into packets, each with the SYN_REPORT at its end. After the kernel has dropped events
 * (SYN_DROPPED), it skips the rest of that packet and adds the key events that were lost.
 */
export class PacketReader {
  readonly #pressed = new Set<number>();
  #packet: InputEvent[] = [];
  #isSkipping = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly onPacket: (packet: readonly InputEvent[]) => void,
    /** The keys that are pressed now. */
    private readonly pressedKeys: () => readonly number[],
  ) {}

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
    if (type === eventTypes.key) {
      if (value === released) this.#pressed.delete(code);
      else this.#pressed.add(code);
    }
    this.#packet.push(event);
    if (isEnd || this.#packet.length >= longestPacket) this.#flush();
  }

  #resume(end: InputEvent): void {
    this.#isSkipping = false;
    const now = new Set(this.pressedKeys());
    const key = (code: number, value: number): InputEvent => ({ ...end, type: eventTypes.key, code, value });
    const changed = [
      ...[...this.#pressed].filter((code) => !now.has(code)).map((code) => key(code, released)),
      ...[...now].filter((code) => !this.#pressed.has(code)).map((code) => key(code, pressed)),
    ];
    for (const event of changed.length > 0 ? [...changed, end] : []) this.add(event);
  }

  #flush(): void {
    const packet = this.#packet;
    this.#packet = [];
    this.onPacket(packet);
  }
}
