// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { StreamFrame } from './generated/socket/socket.js';
import { SocketStreamService } from './socket-stream.js';

const { requestSerialize, requestDeserialize } = SocketStreamService.transferData;
const chunk = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.constantFrom(0, 1, 87, 128, 16_384, 2_097_152))
  .map(([bytes, more]) => Buffer.concat([bytes, Buffer.alloc(more, 7)]));

describe('a frame of a socket', () => {
  it('is encoded and decoded like the generated code does', () => {
    fc.assert(
      fc.property(chunk, fc.boolean(), (Chunk, Eof) => {
        const bytes = requestSerialize({ Chunk, Eof });
        expect(bytes.equals(StreamFrame.encode({ Chunk, Eof }).finish())).toBe(true);
        const read = requestDeserialize(bytes);
        expect([read.Chunk.equals(Chunk), read.Eof]).toEqual([true, Eof]);
      }),
      {
        numRuns: 200,
        // The longest length of one byte and the shortest of two, and so on.
        examples: [127, 128, 16_383, 16_384].map((length): [Buffer, boolean] => [Buffer.alloc(length, 7), false]),
      },
    );
  });

  it('is decoded like the generated code does, for random bytes', () => {
    const read = (decode: () => StreamFrame) => {
      try {
        const { Chunk, Eof } = decode();
        return { Chunk: Chunk.toString('hex'), Eof };
      } catch {
        return 'rejected';
      }
    };
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc
        .tuple(fc.constantFrom(0x0a, 0x10, 0x12), fc.uint8Array({ maxLength: 20 }))
        .map(([tag, rest]) => [tag, ...rest]),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        const message = Buffer.from(raw);
        expect(read(() => requestDeserialize(message))).toEqual(read(() => StreamFrame.decode(message)));
      }),
      { numRuns: 2_000 },
    );
  });
});
