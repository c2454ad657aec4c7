// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import { GivcError } from '@givc/model';
import { bytesOfDbusNext } from './dbus-next/marshalling.fixture.js';
import { Variant } from './dbus-next/variant.js';
import { MessageReader, type ReceivedMessage } from './message-reader.js';
import { bytesOfMessage } from './message-writer.js';

const call = {
  ...{ type: 1, serial: 0x1020304, flags: 2, destination: 'org.a.B', path: '/org/a_b/C' },
  ...{ interface: 'org.a.B', member: 'Do' },
};

function read(bytes: Buffer): ReceivedMessage {
  const messages: ReceivedMessage[] = [];
  new MessageReader((message) => messages.push(message)).read(bytes);
  expect(messages).toHaveLength(1);
  return messages[0]!;
}

const written = (signature: string, ...body: unknown[]): Buffer => bytesOfMessage({ ...call, signature, body });

/** The body begins at a multiple of eight, so its bytes do not depend on the order of the header fields. */
const bodyOf = (bytes: Buffer): Buffer => bytes.subarray(bytes.length - bytes.readUInt32LE(4));

const long = 'ü'.repeat(70_000);
const values: readonly [signature: string, ...body: unknown[]][] = [
  ['y', 255],
  ['yb', 1, true],
  ['ynyqyiyu', 1, -2, 3, 65_535, 4, -5, 6, 4_294_967_295],
  ['yxyt', 1, 1n - 2n ** 63n, 2, 2n ** 64n - 1n],
  ['nx', -32_768, -1n],
  ['yd', 1, -0.5],
  ['sog', 'a b€', '/', 'a{sv}(ii)'],
  ['s', long],
  ['as', []],
  ['asas', ['a', 'bc'], ['', 'def']],
  ['ay', Buffer.from([1, 2, 3])],
  ['yat', 1, []],
  [
    'a(yt)',
    [
      [1, 2n],
      [3, 4n],
    ],
  ],
  ['a{sv}', { a: new Variant('s', 'b'), __proto: new Variant('at', [1n]) }],
  ['a{sa{sv}}', { a: { b: new Variant('u', 1) }, c: {} }],
  ['(y(sv))v', [1, ['a', new Variant('as', ['b'])]], new Variant('v', new Variant('(yx)', [1, -2n]))],
  ['ssa(sv)a(sa(sv))', 'a.service', 'fail', [['Type', new Variant('a(sasb)', [['/bin/a', ['b'], false]])]], []],
];

describe('the bytes of a D-Bus message', () => {
  it.each(values)('have the values of the signature %s', (signature, ...body) => {
    expect(read(written(signature, ...body)).body).toEqual(body);
  });

  it.each(values)('are those that dbus-next writes for the signature %s', (signature, ...body) => {
    expect(bodyOf(written(signature, ...body))).toEqual(bodyOf(bytesOfDbusNext({ ...call, signature, body })));
  });

  it('have the least number of 64 bits and the index of a file, which dbus-next cannot write', () => {
    expect(read(written('xh', -(2n ** 63n), 3)).body).toEqual([-(2n ** 63n), 3]);
  });

  it('have all fields of the header', () => {
    const message = { ...call, errorName: 'a.E', replySerial: 7, sender: ':1.2', signature: 's', body: ['x'] };
    const bytes = bytesOfMessage(message);
    expect({ ...read(bytes), flags: bytes[2] }).toEqual(message);
    expect(bytes.subarray(0, 4)).toEqual(Buffer.from('l\x01\x02\x01'));
  });

  it('have no body without a signature', () => {
    expect(bodyOf(bytesOfMessage(call))).toHaveLength(0);
    expect(read(bytesOfMessage({ type: 2, serial: 1, replySerial: 2 }))).toMatchObject({ type: 2, replySerial: 2 });
  });

  it.each<[string, ...unknown[]]>([
    ['y', 256],
    ['y', -1],
    ['n', 32_768],
    ['i', 0.5],
    ['u', '1'],
    ['u', Number.NaN],
    ['x', 2n ** 63n],
    ['t', -1n],
    ['t', 2 ** 60],
    ['d', 1n],
    ['b', 1],
    ['s', 'a\0b'],
    ['s', undefined],
    ['o', ''],
    ['o', '/a/'],
    ['o', '/a.b'],
    ['g', 'a'],
    ['v', 's'],
    ['v', new Variant('ss', 'a')],
    ['as', 'a'],
    ['as', { a: 'b' }],
    ['a{ss}', null],
    ['(ss)', ['a']],
    ['s'],
    ['s', 'a', 'b'],
    ['', 'a'],
    ['z', 'a'],
  ])('cannot be made of a value that is not of the signature %s', (signature, ...body) => {
    expect(() => written(signature, ...body)).toThrow(GivcError);
  });

  it('cannot have values that are nested too deeply, or an array that is too large', () => {
    let nested = new Variant('y', 1);
    for (let depth = 0; depth < 64; depth++) nested = new Variant('v', nested);
    expect(() => written('v', nested)).toThrow('nested so deeply');
    expect(() => written('ay', Buffer.alloc(2 ** 26 + 1))).toThrow('an array of 67108865 bytes');
  });
});
