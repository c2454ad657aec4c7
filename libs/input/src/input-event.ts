// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

/** struct input_event of linux/input.h. */
export interface InputEvent {
  /**
   * In microseconds: for a device since 1970, for a virtual device by CLOCK_MONOTONIC; 0 means that there is no time.
   */
  readonly timestamp: number;
  readonly type: number;
  readonly code: number;
  readonly value: number;
}

/** The size with 64-bit times, which every kernel has that Node supports. */
export const eventBytes = 24;

export function readEvent(bytes: Buffer, at: number): InputEvent {
  return {
    timestamp: Number(bytes.readBigInt64LE(at)) * 1_000_000 + Number(bytes.readBigInt64LE(at + 8)),
    type: bytes.readUInt16LE(at + 16),
    code: bytes.readUInt16LE(at + 18),
    value: bytes.readInt32LE(at + 20),
  };
}

/** The events in the bytes that were read from a kernel device. */
export function encodeEvents(events: readonly InputEvent[]): Buffer {
  const bytes = Buffer.alloc(events.length * eventBytes);
  events.forEach(({ timestamp, type, code, value }, index) => {
    const at = index * eventBytes;
    bytes.writeBigInt64LE(BigInt(Math.floor(timestamp / 1_000_000)), at);
    bytes.writeBigInt64LE(BigInt(timestamp % 1_000_000), at + 8);
    bytes.writeUInt16LE(type, at + 16);
    bytes.writeUInt16LE(code, at + 18);
    bytes.writeInt32LE(value, at + 20);
  });
  return bytes;
}
