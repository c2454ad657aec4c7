// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import { Deframer, MessageTooLarge } from './deframer.js';
import { frameOf } from './message.js';

const limit = 4_194_304;
const messages = fc.array(
  fc.oneof(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ minLength: 900, maxLength: 3_000 })),
  {
    maxLength: 12,
  },
);

const readAll = (deframer: Deframer): Buffer[] => {
  const read: Buffer[] = [];
  for (let frame = deframer.read(); frame; frame = deframer.read()) read.push(Buffer.from(frame.message));
  return read;
};

describe('the messages in the bytes of a call', () => {
  it('have the prefix of the specification', () => {
    expect(frameOf(Buffer.from('abc')).toString('hex')).toBe('0000000003616263');
    expect(frameOf(Buffer.alloc(0)).toString('hex')).toBe('0000000000');
  });

  it('are found however they are cut into chunks, and whenever they are read', () => {
    const cuts = fc.array(fc.record({ bytes: fc.integer({ min: 0, max: 2_500 }), reads: fc.boolean() }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(messages, cuts, (sent, pieces) => {
        const deframer = new Deframer(limit);
        const all = Buffer.concat(sent.map(frameOf));
        const received: Buffer[] = [];
        let at = 0;
        for (const { bytes, reads } of pieces) {
          // A chunk is not valid after it was written, as a buffer of a socket that is used again.
          deframer.write(Buffer.from(all.subarray(at, at + bytes)));
          at += bytes;
          if (reads) received.push(...readAll(deframer));
        }
        deframer.write(all.subarray(at));
        received.push(...readAll(deframer));
        expect(received.map((one) => one.toString('hex'))).toEqual(sent.map((one) => Buffer.from(one).toString('hex')));
        expect([deframer.buffered, deframer.isWithin]).toEqual([0, false]);
      }),
      { numRuns: 300 },
    );
  });

  it('are not copied when they arrive in one chunk', () => {
    const deframer = new Deframer(limit);
    const chunk = Buffer.concat([frameOf(Buffer.from('one')), frameOf(Buffer.from('two'))]);
    deframer.write(chunk);
    const [one, two] = [deframer.read()!.message, deframer.read()!.message];
    expect([one.buffer === chunk.buffer, two.buffer === chunk.buffer, String(two)]).toEqual([true, true, 'two']);
  });

  it('are kept in few buffers when they arrive byte by byte', () => {
    const allocated = jest.spyOn(Buffer, 'allocUnsafeSlow');
    const deframer = new Deframer(limit);
    const bytes = frameOf(Buffer.alloc(100_000, 7));
    for (let at = 0; at < bytes.length; at++) {
      deframer.write(bytes.subarray(at, at + 1));
      expect(deframer.read() === undefined).toBe(at < bytes.length - 1);
    }
    const blocks = allocated.mock.calls.length;
    allocated.mockRestore();
    expect([blocks > 1, blocks < 10]).toEqual([true, true]);
  });

  it('are rejected as soon as their prefix announces more than the limit, and nothing is allocated for them', () => {
    const deframer = new Deframer(10);
    deframer.write(frameOf(Buffer.alloc(10)));
    expect(deframer.read()).toMatchObject({ message: { length: 10 } });
    deframer.write(Buffer.from([0, 0xff, 0xff, 0xff]));
    expect(deframer.read()).toBeUndefined();
    deframer.write(Buffer.from([0xff]));
    for (let n = 0; n < 2; n++) expect(() => deframer.read()).toThrow(new MessageTooLarge(0xffffffff, 10));
  });

  it('allocate nothing for a length that is announced before it arrives', () => {
    const deframer = new Deframer(limit);
    const allocated = [jest.spyOn(Buffer, 'allocUnsafe'), jest.spyOn(Buffer, 'allocUnsafeSlow')];
    deframer.write(Buffer.from([0, 0, 0x40, 0, 0]));
    expect([deframer.read(), deframer.awaitedBytes, deframer.isWithin]).toEqual([undefined, limit, true]);
    for (const one of allocated) {
      expect(one).not.toHaveBeenCalled();
      one.mockRestore();
    }
  });

  it('show whether they are compressed', () => {
    const deframer = new Deframer(limit);
    deframer.write(Buffer.from([1, 0, 0, 0, 1, 7, 0, 0, 0, 0, 0]));
    expect([deframer.read()?.isCompressed, deframer.read()?.isCompressed]).toEqual([true, false]);
  });
});
