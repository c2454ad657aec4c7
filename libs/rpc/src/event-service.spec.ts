// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import { EventServiceService, type InputEvent } from './event-service.js';

const { requestSerialize, requestDeserialize } = EventServiceService.streamEvents;

/** As protobuf has the event, by its own writer. */
const encoded = ({ timestamp, type, code, value }: InputEvent): Buffer => {
  const writer = new BinaryWriter();
  if (timestamp !== 0) writer.uint32(8).int64(BigInt(timestamp) * 1_000n);
  if (type !== 0) writer.uint32(16).uint32(type);
  if (code !== 0) writer.uint32(24).uint32(code);
  if (value !== 0) writer.uint32(32).int32(value);
  return Buffer.from(writer.finish());
};

const uint32 = fc.integer({ min: 0, max: 0xffffffff });
const int32 = fc.integer({ min: -0x80000000, max: 0x7fffffff });
const events = fc.record({
  timestamp: fc.integer({ min: 0, max: 9_223_372_036_854_000 }),
  type: uint32,
  code: uint32,
  value: int32,
});

describe('an event of an input device on the wire', () => {
  it('is encoded like protobuf encodes it', () => {
    fc.assert(fc.property(events, (event) => requestSerialize(event).equals(encoded(event))));
  });

  it('is decoded as it was encoded, with microseconds', () => {
    fc.assert(
      fc.property(events, (event) => {
        expect(requestDeserialize(encoded(event))).toEqual(event);
      }),
    );
  });

  it('loses the part of a time below a microsecond', () => {
    const bytes = Buffer.from(new BinaryWriter().uint32(8).int64(1_795_707_000_123_456_789n).finish());
    expect(requestDeserialize(bytes).timestamp).toBe(1_795_707_000_123_456);
  });

  it('has no time when that is negative', () => {
    expect(requestDeserialize(Buffer.from(new BinaryWriter().uint32(8).int64(-5n).finish())).timestamp).toBe(0);
  });

  it('is read beside fields that are unknown', () => {
    const event = { timestamp: 5, type: 1, code: 30, value: -1 };
    const more = new BinaryWriter()
      .uint32((9 << 3) | 2)
      .string('later')
      .uint32((10 << 3) | 1)
      .fixed64(7n)
      .uint32((11 << 3) | 5)
      .fixed32(7)
      .uint32((12 << 3) | 0)
      .uint32(300);
    expect(requestDeserialize(Buffer.concat([more.finish(), encoded(event)]))).toEqual(event);
  });

  it.each([
    ['ends within a number', [0x10, 0x80]],
    ['ends within a field', [(9 << 3) | 2, 5, 1]],
    ['has a number of more than 64 bits', [0x10, ...Array<number>(10).fill(0xff), 1]],
    ['has a group', [(9 << 3) | 3, 1]],
  ])('is rejected when it %s', (_, bytes) => {
    expect(() => requestDeserialize(Buffer.from(bytes))).toThrow(RangeError);
  });

  it('is rejected or read whatever its bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          const { timestamp, value } = requestDeserialize(Buffer.from(bytes));
          expect(Number.isSafeInteger(timestamp) && Number.isInteger(value)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
