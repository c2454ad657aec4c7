// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import fc from 'fast-check';
import type { journal } from '@givc/rpc';
import { ExportReader } from './export-reader.js';
import { maxFieldBytes, maxMessageBytes } from './journal.js';

const text = (name: string, value: string): Buffer => Buffer.from(`${name}=${value}\n`);
const binary = (name: string, value: Buffer): Buffer => {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), size, value, Buffer.from('\n')]);
};
const end = Buffer.from('\n');
const time = text('__REALTIME_TIMESTAMP', '1700000000000001');
const read = (...parts: Buffer[]): journal.Entry[] => {
  const reader = new ExportReader();
  return parts.flatMap((part) => reader.push(part));
};
const field = (name: string, value: Buffer | string, cut_bytes = 0) => ({ name, value: Buffer.from(value), cut_bytes });

describe('ExportReader', () => {
  it('reads fields of text and of bytes, and the time', () => {
    const bytes = Buffer.from([0xff, 0x0a, 0x00]);
    expect(read(Buffer.concat([time, text('PRIORITY', '6'), binary('MESSAGE', bytes), end]))).toEqual([
      { realtime_us: 1_700_000_000_000_001, fields: [field('PRIORITY', '6'), field('MESSAGE', bytes)] },
    ]);
  });

  it('leaves out fields that are not shown', () => {
    const entry = Buffer.concat([
      time,
      text('__CURSOR', 'a=b'),
      binary('COREDUMP', Buffer.alloc(9)),
      text('MESSAGE', ''),
    ]);
    expect(read(entry, end)).toEqual([{ realtime_us: 1_700_000_000_000_001, fields: [field('MESSAGE', '')] }]);
  });

  it('keeps only the beginning of long values, also while they arrive', () => {
    const long = Buffer.alloc(maxMessageBytes + 7, 'x');
    const name = Buffer.alloc(maxFieldBytes + 3, 'y');
    const [entry] = read(binary('MESSAGE', long), text('_COMM', name.toString()), end);
    expect(entry!.fields).toEqual([
      field('MESSAGE', long.subarray(0, maxMessageBytes), 7),
      field('_COMM', name.subarray(0, maxFieldBytes), 3),
    ]);
  });

  it('reads the same from pieces of any size', () => {
    const value = fc.oneof(
      fc.string(),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    );
    const entries = fc.array(fc.array(value, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(entries, fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), (made, sizes) => {
        const isText = (one: string | Buffer): one is string => typeof one === 'string' && !one.includes('\n');
        const stream = Buffer.concat(
          made.flatMap((values) => [
            time,
            ...values.map((one) => (isText(one) ? text('MESSAGE', one) : binary('MESSAGE', Buffer.from(one)))),
            end,
          ]),
        );
        const pieces: Buffer[] = [];
        for (let at = 0, n = 0; at < stream.length; at += sizes[n++ % sizes.length]!)
          pieces.push(stream.subarray(at, at + sizes[n % sizes.length]!));
        const expected = made.map((values) => values.map((one) => Buffer.from(one)));
        expect(read(...pieces).map(({ fields }) => fields.map((each) => each.value))).toEqual(expected);
      }),
    );
  });

  it('rejects what is not of the format', () => {
    expect(() => read(Buffer.alloc(100, 'a'), Buffer.alloc(100, 'a'))).toThrow('not written the export format');
    expect(() => read(Buffer.concat([Buffer.alloc(200, 'a'), Buffer.from('=1\n')]))).toThrow('the export format');
  });

  it('keeps at most 32 fields of an entry, and 64 KiB of their values', () => {
    const [entry] = read(...Array.from({ length: 100 }, (_, n) => text('MESSAGE', String(n))), end);
    expect(entry!.fields).toHaveLength(32);
    const many = read(...Array.from({ length: 3 }, () => text('MESSAGE', 'x'.repeat(maxMessageBytes))), end, time, end);
    expect(many[0]!.fields.map(({ value }) => value.length)).toEqual([48, 16, 0].map((kibibytes) => kibibytes * 1024));
    expect(read(time, text('MESSAGE', 'next'), end)[0]!.fields).toEqual([field('MESSAGE', 'next')]);
  });
});
