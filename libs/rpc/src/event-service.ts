// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { EventServiceService as Generated } from './generated/event/event.js';

/** `eventproxy.InputEvent`. */
export interface InputEvent {
  /**
   * In microseconds: the contract has nanoseconds, for which a number has too few digits, and kernels have no finer
   * ones.
   */
  readonly timestamp: number;
  readonly type: number;
  readonly code: number;
  readonly value: number;
}

const two32 = 2 ** 32;
const [timestampTag, typeTag, codeTag, valueTag] = [0x08, 0x10, 0x18, 0x20];
/** The maximum size of an event: four fields, each a tag and a varint of 64 bits. */
const longest = 44;

const scratch = Buffer.alloc(longest);

function writeVarint(at: number, low: number, high: number): number {
  while (high !== 0 || low > 0x7f) {
    scratch[at++] = (low & 0x7f) | 0x80;
    low = ((low >>> 7) | (high << 25)) >>> 0;
    high >>>= 7;
  }
  scratch[at++] = low;
  return at;
}

function writeField(at: number, tag: number, low: number, high: number): number {
  if (low === 0 && high === 0) return at;
  scratch[at] = tag;
  return writeVarint(at + 1, low, high);
}

/** Nanoseconds as the two halves of 64 bits. */
function nanosecondsOf(microseconds: number): readonly [low: number, high: number] {
  // Each product stays below 2^53.
  const high = Math.floor(microseconds / two32) * 1_000;
  const low = (microseconds % two32) * 1_000;
  return [(low % two32) >>> 0, (high + Math.floor(low / two32)) >>> 0];
}

function serialize({ timestamp, type, code, value }: InputEvent): Buffer {
  const [low, high] = nanosecondsOf(timestamp);
  let at = writeField(0, timestampTag, low, high);
  at = writeField(at, typeTag, type, 0);
  at = writeField(at, codeTag, code, 0);
  at = writeField(at, valueTag, value >>> 0, value < 0 ? 0xffffffff : 0);
  return Buffer.from(scratch.subarray(0, at));
}

/** Reads varints one after the other, and keeps the halves of the last one. */
class Varints {
  at = 0;
  low = 0;
  high = 0;

  constructor(readonly bytes: Buffer) {}

  next(): void {
    [this.low, this.high] = [0, 0];
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError('a message ends within a number');
      const bits = byte & 0x7f;
      if (shift < 28) this.low |= bits << shift;
      else if (shift === 28) {
        this.low |= bits << 28;
        this.high = bits >> 4;
      } else this.high |= bits << (shift - 32);
      if (byte <= 0x7f) {
        this.low >>>= 0;
        this.high >>>= 0;
        return;
      }
    }
    throw new RangeError('a number has more than 64 bits');
  }

  skip(wireType: number): void {
    if (wireType === 0) return this.next();
    if (wireType === 2) this.next();
    const bytes = { 1: 8, 2: this.low, 5: 4 }[wireType];
    if (bytes === undefined) throw new RangeError(`wire type ${wireType} is unknown`);
    this.at += bytes;
    if (this.at > this.bytes.length) throw new RangeError('a message ends within a field');
  }
}

/** Exact while it is positive, as it is since 1970; otherwise it is not a time. */
function microsecondsOf(low: number, high: number): number {
  if (high > 0x7fffffff) return 0;
  return Math.floor(high / 1_000) * two32 + Math.floor(((high % 1_000) * two32 + low) / 1_000);
}

function deserialize(bytes: Buffer): InputEvent {
  const varints = new Varints(bytes);
  let [timestamp, type, code, value] = [0, 0, 0, 0];
  while (varints.at < bytes.length) {
    varints.next();
    const tag = varints.low;
    switch (tag) {
      case timestampTag:
        varints.next();
        timestamp = microsecondsOf(varints.low, varints.high);
        break;
      case typeTag:
        varints.next();
        type = varints.low;
        break;
      case codeTag:
        varints.next();
        code = varints.low;
        break;
      case valueTag:
        varints.next();
        value = varints.low | 0;
        break;
      default:
        varints.skip(tag & 7);
    }
  }
  return { timestamp, type, code, value };
}

/** `eventproxy.EventService`, whose events have code of their own: a mouse sends 24,000 of them in a second. */
export const EventServiceService = {
  ...Generated,
  streamEvents: {
    ...Generated.streamEvents,
    /** An event as a message; its time stamp is in microseconds, and in nanoseconds in the message. */
    requestSerialize: serialize,
    /** The event of a message. Throws a `RangeError` for bytes that are not one. */
    requestDeserialize: deserialize,
  },
} as const;
