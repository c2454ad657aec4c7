// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  controlMax,
  controlRecord,
  failedRecord,
  kinds,
  recordHeader,
  RecordReader,
} from '../../libs/rpc/src/socket-carrier/records.js';
import { chunksOf, cutsOf } from './engine/chunks.js';
import { target } from './engine/target.js';
import { bytesLike } from './engine/texts.js';

const data = (bytes: Buffer): Buffer => Buffer.concat([recordHeader(kinds.data, bytes.length), bytes]);
const open = controlRecord(kinds.open, Buffer.from('/socketproxy.SocketStream/TransferData'));
const [accepted, end] = [controlRecord(kinds.accepted), controlRecord(kinds.end)];
const seeds = [
  Buffer.concat([open, data(Buffer.from('hello')), end]),
  Buffer.concat([accepted, data(Buffer.alloc(300, 1)), end]),
  Buffer.concat([accepted, failedRecord(7, 'gui-vm may not')]),
];

interface Direction {
  readonly first: 'open' | 'accepted';
  readonly bytes: Buffer;
  readonly cuts: readonly number[];
}

/** The records, with data that was split put together again. */
function read({ first, bytes, cuts }: Direction): readonly (readonly [string, string])[] {
  const records: [string, string][] = [];
  const reader = new RecordReader(first, {
    isReading: true,
    onOpen: (path) => void records.push(['open', path]),
    onAccepted: () => void records.push(['accepted', '']),
    onData: (part) => void records.push(['data', part.toString('latin1')]),
    onEnd: () => void records.push(['end', '']),
    onFailed: (code, message) => void records.push(['failed', `${code} ${message}`]),
  });
  for (const chunk of chunksOf(bytes, cuts)) assert.equal(reader.read(chunk), undefined);
  return records;
}

export const socketRecords = target({
  ...{ name: 'socket-records', parses: 'RecordReader of libs/rpc: one direction of a connection for a socket' },
  input: fc.record({
    first: fc.constantFrom('open' as const, 'accepted' as const),
    bytes: bytesLike(seeds, [
      '\x03\0\0\0\x01x',
      '\x04\0\0\0\0',
      '\x05\0\0\0\x02\x07n',
      '\x03\0\0\0\0',
      '\x01\0\0\x10\x01',
    ]),
    cuts: cutsOf(400),
  }),
  rejection: { reasons: ['INTERNAL'] },
  pump: {
    seeds: seeds.map((seed) => seed.toString('latin1')),
    input: (text) => ({ first: 'open' as const, bytes: Buffer.from(text, 'latin1'), cuts: [] }),
  },
  parse: read,
  accepted: (records, direction) => {
    const { bytes, first } = direction;
    assert.deepEqual(read({ ...direction, cuts: [] }), records, 'the cuts make a difference');
    const names = records.map(([name]) => name);
    const size = records.reduce((sum, [, value]) => sum + value.length, 0);
    assert(size <= bytes.length);
    if (records.length === 0) return;
    if (names[0] !== first) assert.deepEqual([first, names], ['accepted', ['failed']]);
    for (const name of names.slice(1, -1)) assert.equal(name, 'data');
    for (const [name, value] of records) if (name !== 'data') assert(value.length <= controlMax + 4);
  },
});
