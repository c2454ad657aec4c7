// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { eventTypes, type InputEvent } from '@givc/input';

type Packet = readonly InputEvent[];

/** The maximum number of packets that cannot be merged; the keys of a person fill it in minutes. */
const most = 1_024;
/** The first axis of multi-touch, whose packets are never merged. */
const firstTouchCode = 0x2f;

/** The content of a packet. Only packets with movements alone, or with positions alone, can be merged. */
type Kind = 'relative' | 'absolute' | 'other';

function kindOf(packet: Packet): Kind {
  let kind: Kind | undefined;
  for (const { type, code } of packet) {
    if (type === eventTypes.syn || type === eventTypes.misc) continue;
    if (type !== eventTypes.relative && (type !== eventTypes.absolute || code >= firstTouchCode)) return 'other';
    const own = type === eventTypes.relative ? 'relative' : 'absolute';
    if (kind !== undefined && kind !== own) return 'other';
    kind = own;
  }
  return kind ?? 'other';
}

/** Movements are added up, positions are replaced; the time is that of the later packet. */
function merge(earlier: Packet, later: Packet, kind: Kind): Packet {
  const { timestamp } = later.at(-1)!;
  const values = new Map<number, InputEvent>();
  for (const event of [...earlier, ...later]) {
    if (event.type !== eventTypes.relative && event.type !== eventTypes.absolute) continue;
    const before = kind === 'relative' ? (values.get(event.code)?.value ?? 0) : 0;
    values.set(event.code, { ...event, timestamp, value: before + event.value });
  }
  const rest = later.filter(({ type }) => type !== eventTypes.relative && type !== eventTypes.absolute);
  return [...values.values(), ...rest];
}

/** Whether the sum of each axis still fits into the kernel's 32 bits. */
const fits = (packet: Packet): boolean => packet.every(({ value }) => Math.abs(value) <= 0x7fffffff);

/**
 * The packets of one device that wait for the consumer. When the connection is slower than the device, consecutive
 * movements are added up and consecutive positions are replaced by the last one. Keys are never merged or reordered. It
 * can be iterated once.
 */
export class EventQueue implements AsyncIterable<InputEvent> {
  readonly #packets: { packet: Packet; kind: Kind }[] = [];
  #wake: () => void = () => undefined;
  #isEnded = false;

  /**
   * `onRoom` is called when there is room again after `isFull`; nothing is merged while fewer than `unmerged` are
   * waiting.
   */
  constructor(
    private readonly onRoom: () => void,
    private readonly unmerged = 16,
  ) {}

  /** No packet should be pushed while it is full, because the queue would grow. */
  get isFull(): boolean {
    return this.#packets.length >= most;
  }

  /** The number of waiting packets. */
  get length(): number {
    return this.#packets.length;
  }

  push(packet: Packet): void {
    const kind = kindOf(packet);
    const last = this.#packets.at(-1);
    const isMergeable = last && kind !== 'other' && last.kind === kind && this.#packets.length >= this.unmerged;
    const merged = isMergeable ? merge(last.packet, packet, kind) : undefined;
    if (merged && fits(merged)) last!.packet = merged;
    else this.#packets.push({ packet, kind });
    this.#wake();
  }

  /** Ends the queue; waiting packets are still passed on. */
  end(): void {
    this.#isEnded = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<InputEvent, void, undefined> {
    for (;;) {
      const wasFull = this.isFull;
      const next = this.#packets.shift();
      if (next) {
        if (wasFull) this.onRoom();
        yield* next.packet;
      } else if (this.#isEnded) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
