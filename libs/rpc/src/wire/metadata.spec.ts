// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import type { IncomingHttpHeaders } from 'node:http2';
import { Metadata as ForeignMetadata } from '@grpc/grpc-js';
import fc from 'fast-check';
import { Metadata, type MetadataValue } from './metadata.js';

const key = fc.stringMatching(/^[a-z][a-z0-9_.]{0,10}$/).filter((name) => name !== 'te');
const text = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 20,
});
const bytes = fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array));
const entry: fc.Arbitrary<{ readonly key: string; readonly value: MetadataValue }> = fc.oneof(
  fc.record({ key, value: text }),
  fc.record({ key: key.map((name) => `${name}-bin`), value: bytes }),
);

describe('the metadata of a call', () => {
  it('is read by grpc-js as it was set, and the other way round', () => {
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: (one) => one.key, maxLength: 6 }), (entries) => {
        const [ours, theirs] = [new Metadata(), new ForeignMetadata()];
        for (const one of entries) {
          ours.set(one.key, one.value);
          theirs.set(one.key, one.value);
        }
        const there = ForeignMetadata.fromHttp2Headers(ours.toHeaders() as IncomingHttpHeaders);
        const here = Metadata.fromHeaders(theirs.toHttp2Headers() as IncomingHttpHeaders);
        for (const one of entries) {
          expect(there.get(one.key)).toEqual([one.value]);
          expect(here.get(one.key)).toEqual([one.value]);
        }
        expect(here.getMap()).toEqual(Object.fromEntries(entries.map((one) => [one.key, one.value])));
      }),
    );
  });

  it('has several values for a key, in order, whose binary ones may share a header', () => {
    const metadata = new Metadata();
    for (const value of ['a', 'b']) metadata.add('Words', value);
    for (const value of ['a', 'bc']) metadata.add('raw-bin', Buffer.from(value));
    expect(metadata.get('wordS')).toEqual(['a', 'b']);
    expect(metadata.toHeaders()).toEqual({ words: ['a', 'b'], 'raw-bin': ['YQ', 'YmM'] });
    expect(Metadata.fromHeaders({ 'raw-bin': 'YQ==, YmM' }).get('raw-bin').map(String)).toEqual(['a', 'bc']);
  });

  it('can be copied, and values replaced and removed', () => {
    const metadata = new Metadata();
    metadata.add('a', '1');
    const copy = metadata.clone();
    metadata.set('A', '2');
    copy.add('b', '3');
    expect([metadata.getMap(), copy.getMap()]).toEqual([{ a: '2' }, { a: '1', b: '3' }]);
    metadata.remove('A');
    expect(metadata.get('a')).toEqual([]);
  });

  it('has none of the headers of HTTP/2 and gRPC, except the details of a status', () => {
    const headers = {
      ':status': '200',
      'content-type': 'application/grpc',
      te: 'trailers',
      'grpc-status': '5',
      'grpc-message': 'm',
    };
    const metadata = Metadata.fromHeaders({ ...headers, 'grpc-status-details-bin': 'YQ', 'user-agent': 'x' });
    expect(metadata.getMap()).toEqual({ 'grpc-status-details-bin': Buffer.from('a'), 'user-agent': 'x' });
  });

  it('leaves out values that are not printable ASCII', () => {
    expect(Metadata.fromHeaders({ a: 'ä', b: 'b' }).getMap()).toEqual({ b: 'b' });
  });

  it.each<[string, MetadataValue, string]>([
    ['with space', 'x', 'may not be sent'],
    ['', 'x', 'may not be sent'],
    [':path', 'x', 'may not be sent'],
    ['grpc-status', '0', 'may not be sent'],
    ['Content-Type', 'text', 'may not be sent'],
    ['a', 'ä', 'expected printable ASCII'],
    ['a', 'line\n', 'expected printable ASCII'],
    ['a', Buffer.of(1), 'expected a string'],
    ['a-bin', 'x', 'expected a Buffer'],
  ])('rejects the key "%s" with the value %j', (name, value, message) => {
    for (const method of ['set', 'add'] as const) expect(() => new Metadata()[method](name, value)).toThrow(message);
  });
});
