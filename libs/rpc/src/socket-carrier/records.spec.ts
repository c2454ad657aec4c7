// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import {
  controlMax,
  controlRecord,
  failedRecord,
  kinds,
  recordHeader,
  RecordReader,
  type RecordEvents,
} from './records.js';

/** Keeps a line for each record. */
class Lines implements RecordEvents {
  readonly lines: string[] = [];
  isReading = true;

  onOpen = (path: string) => void this.lines.push(`open ${path}`);
  onAccepted = () => void this.lines.push('accepted');
  onData = (bytes: Buffer) => void this.lines.push(bytes.length > 100 ? `${bytes.length} bytes` : bytes.toString());
  onEnd = () => void this.lines.push('end');
  onFailed = (code: number, message: string) => void this.lines.push(`failed ${code} ${message}`);
}

const data = (text: string | Buffer): Buffer =>
  Buffer.concat([recordHeader(kinds.data, text.length), Buffer.from(text)]);
const open = controlRecord(kinds.open, Buffer.from('/a.B/C'));
const accepted = controlRecord(kinds.accepted);
const end = controlRecord(kinds.end);

const read = (first: 'open' | 'accepted', ...chunks: Buffer[]): string[] => {
  const events = new Lines();
  const reader = new RecordReader(first, events);
  for (const chunk of chunks) expect(reader.read(chunk)).toBeUndefined();
  return events.lines;
};

describe('the records of a connection', () => {
  it('are those that were written, wherever the bytes are cut', () => {
    const bytes = Buffer.concat([open, data('one'), data('two'), end]);
    const all = ['open /a.B/C', 'one', 'two', 'end'];
    for (let at = 0; at <= bytes.length; at++)
      expect(read('open', bytes.subarray(0, at), bytes.subarray(at))).toEqual(all);
    expect(read('open', ...Array.from(bytes, (byte) => Buffer.from([byte])))).toEqual(all);
  });

  it('begin with the acceptance of the server, or with the failure that replaces it', () => {
    expect(read('accepted', accepted, data('x'), end)).toEqual(['accepted', 'x', 'end']);
    expect(read('accepted', failedRecord(7, 'no'))).toEqual(['failed 7 no']);
    expect(read('accepted', accepted, data('x'), failedRecord(14, ''))).toEqual(['accepted', 'x', 'failed 14 ']);
  });

  it('are passed on as a whole when they have data, but never keep more than 64 KiB and one chunk', () => {
    const chunk = Buffer.alloc(16 * 1024);
    const [whole, large] = [recordHeader(kinds.data, 4 * chunk.length), recordHeader(kinds.data, 9 * chunk.length)];
    expect(read('open', open, whole, chunk, chunk, chunk)).toEqual(['open /a.B/C']);
    expect(read('open', open, whole, chunk, chunk, chunk, chunk)).toEqual(['open /a.B/C', '65536 bytes']);
    expect(read('open', open, large, ...Array<Buffer>(8).fill(chunk))).toEqual([
      'open /a.B/C',
      '65536 bytes',
      '65536 bytes',
    ]);
  });

  it('are passed on after sixteen parts, so that single bytes do not accumulate', () => {
    const byte = Buffer.from('x');
    const bytes = Array<Buffer>(20).fill(byte);
    expect(read('open', open, recordHeader(kinds.data, 64 * 1024), ...bytes)).toEqual(['open /a.B/C', 'x'.repeat(16)]);
  });

  it('are rejected when they are data without a byte, of which a peer could send any number', () => {
    expect(() => read('open', open, data(''))).toThrow('a record of data without data');
  });

  it('are left unread, behind the one after which no more is read', () => {
    const events = new Lines();
    events.onOpen = () => void (events.isReading = false);
    const reader = new RecordReader('open', events);
    const rest = reader.read(Buffer.concat([open, data('one')]));
    expect([events.lines, rest]).toEqual([[], data('one')]);
    events.isReading = true;
    expect(reader.read(rest!)).toBeUndefined();
    expect(events.lines).toEqual(['one']);
  });

  it.each<[string, 'open' | 'accepted', Buffer[], string]>([
    ['data before the path', 'open', [data('x')], 'a record of kind 3'],
    ['a second path', 'open', [open, open], 'a record of kind 1'],
    ['an acceptance of a client', 'open', [open, accepted], 'a record of kind 2'],
    ['a failure of a client', 'open', [open, failedRecord(1, 'x')], 'a record of kind 5'],
    ['data before the acceptance', 'accepted', [data('x')], 'a record of kind 3'],
    ['an unknown kind', 'open', [open, Buffer.from([9, 0, 0, 0, 0])], 'a record of kind 9'],
    ['data after the end', 'open', [open, end, data('x')], 'more after the end'],
    ['data after a failure', 'accepted', [failedRecord(1, 'x'), data('x')], 'more after the end'],
    ['a failure without a code', 'accepted', [controlRecord(kinds.failed)], 'a failure without a code'],
    ['a path that is too long', 'open', [recordHeader(kinds.open, controlMax + 1)], 'a record of 4097 bytes'],
  ])('are a violation when they have %s', (_, first, chunks, problem) => {
    expect(() => read(first, ...chunks)).toThrow(`the peer violates the protocol givc-socket/1: ${problem}`);
  });
});
