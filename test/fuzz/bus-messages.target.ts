// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Variant } from '@givc/dbus';
import { Authentication } from '../../libs/dbus/src/authentication.js';
import { MessageReader, type ReceivedMessage } from '../../libs/dbus/src/message-reader.js';
import { parseSignature, type Type } from '../../libs/dbus/src/signature.js';
import { anyFields, ofType, signatures, writtenMessages, type TypedValue } from './engine/bus-values.js';
import { bytesOf } from './engine/bus-writer.js';
import { chunksOf, cutsOf } from './engine/chunks.js';
import { sizeOf } from './engine/requirements.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';

/** The messages in these bytes, cut into chunks in any way. */
function read(bytes: Buffer, cuts: readonly number[]): ReceivedMessage[] {
  const messages: ReceivedMessage[] = [];
  // The reader reuses its message, so each is copied.
  const reader = new MessageReader((message) => messages.push({ ...message }));
  for (const chunk of chunksOf(bytes, cuts)) reader.read(chunk);
  return messages;
}

/** The value that a reader returns: a dictionary is an object, in which the last of several equal keys counts. */
function expected(type: string, value: unknown): unknown {
  if (type === 'v') {
    const within = value as TypedValue;
    return { variant: within.type, value: expected(within.type, within.value) };
  }
  if (type === 'ay') return Buffer.from(value as number[]);
  if (type.startsWith('a{')) {
    const entries = (value as [unknown, unknown][]).map(([key, one]): [string, unknown] => [
      String(key),
      expected(typesWithin(type.slice(2, -1))[1]!, one),
    ]);
    const made = {};
    for (const [key, one] of entries)
      Object.defineProperty(made, key, { value: one, enumerable: true, configurable: true, writable: true });
    return made;
  }
  if (type.startsWith('a')) return (value as unknown[]).map((one) => expected(type.slice(1), one));
  if (type.startsWith('('))
    return typesWithin(type.slice(1, -1)).map((one, at) => expected(one, (value as unknown[])[at]));
  return value;
}

const formatType = ({ code, children }: Type): string => {
  const within = children.map(formatType).join('');
  return code === '(' ? `(${within})` : code === '{' ? `{${within}}` : code + within;
};
const typesWithin = (signature: string): string[] => parseSignature(signature).map(formatType);

/** A value that was read, with variants in the form of `expected`. */
function seen(value: unknown): unknown {
  if (value instanceof Variant) return { variant: value.signature, value: seen(value.value) };
  if (Array.isArray(value)) return value.map(seen);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  const made = {};
  for (const [key, one] of Object.entries(value))
    Object.defineProperty(made, key, { value: seen(one), enumerable: true, configurable: true, writable: true });
  return made;
}

export const busMessages = target({
  ...{
    name: 'bus-messages',
    parses: 'MessageReader of libs/dbus: messages of any types, in either byte order, cut anywhere',
    rejection: 'never',
  },
  input: fc.record({ written: fc.array(writtenMessages, { maxLength: 3 }), cuts: cutsOf(2_000) }),
  outputMax: Infinity,
  parse: ({ written, cuts }) => read(Buffer.concat(written.map(bytesOf)), cuts),
  accepted: (messages, { written }) => {
    assert.equal(messages.length, written.length);
    for (const [at, { type, serial, fields, body }] of written.entries()) {
      const message = messages[at]!;
      const field = (code: number) => fields.find(([one]) => one === code)?.[1].value;
      assert.deepEqual([message.type, message.serial], [type, serial]);
      assert.deepEqual([message.member, message.replySerial, message.signature], [field(3), field(5), field(8)]);
      assert.deepEqual(
        seen(message.body),
        body.map((one) => expected(one.type, one.value)),
      );
    }
  },
});

const properties = [['Result', ofType('s', 'success')] as const, ['Job', ofType('(uo)', [0, '/'])] as const];

/** A reply of the bus with our name, and a signal of systemd, with a dictionary of variants. */
const seeds = [
  { type: 2, fields: [[5, ofType('u', 1)] as const, [8, ofType('g', 's')] as const], body: [ofType('s', ':1.7')] },
  {
    type: 4,
    fields: [
      [1, ofType('o', '/org/freedesktop/systemd1/unit/web_2eservice')] as const,
      [3, ofType('s', 'PropertiesChanged')] as const,
      [8, ofType('g', 'sa{sv}as')] as const,
    ],
    body: [ofType('s', 'a'), ofType('a{sv}', properties), ofType('as', [])],
  },
].flatMap((message) => [true, false].map((isLittleEndian) => bytesOf({ ...message, isLittleEndian, serial: 1 })));

const damaged = fc
  .tuple(writtenMessages, fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { minLength: 1, maxLength: 3 }))
  .map(([message, changes]) => {
    const bytes = bytesOf(message);
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    return bytes;
  });

const anyBytes = fc.oneof(
  bytesLike(seeds, ['l\x01\0\x01', 'B\x04\0\x01', '\xff\xff\xff\xff', 'a()', 'av', '\0']),
  damaged,
  fc.tuple(writtenMessages, anyFields).map(([message, fields]) => bytesOf({ ...message, fields, body: [] })),
);

export const busBytes = target({
  ...{ name: 'bus-bytes', parses: 'MessageReader of libs/dbus: bytes that are nearly messages, or none' },
  input: fc.record({ bytes: anyBytes, cuts: cutsOf(400) }),
  pump: {
    seeds: seeds.map((bytes) => bytes.toString('latin1')),
    input: (text) => ({ bytes: Buffer.from(text, 'latin1'), cuts: [] }),
  },
  outputMax: Infinity,
  parse: ({ bytes, cuts }) => read(bytes, cuts),
  accepted: (messages, { bytes }) => {
    assert.deepEqual(read(bytes, []), messages, 'the cuts make a difference');
    const most = 512 + 40 * bytes.length;
    assert(sizeOf(messages) <= most, `the messages have a size of ${sizeOf(messages)}, and not at most ${most}`);
    assert(messages.length * 16 <= bytes.length, 'there are more messages than fit');
    for (const { type, serial, body, replySerial = 0, ...fields } of messages) {
      for (const number of [type, serial, replySerial]) assert(Number.isInteger(number), 'it is not a number');
      for (const text of Object.values(fields))
        assert(typeof text === 'string' && !text.includes('\0'), 'it is not text');
      assert.equal(body.length, parseSignature(fields.signature ?? '').length);
    }
  },
});

const [deepArrays, deepStructs] = [`${'a'.repeat(33)}y`, `${'('.repeat(33)}y${')'.repeat(33)}`];

export const busSignatures = target({
  ...{ name: 'bus-signatures', parses: 'parseSignature of libs/dbus' },
  input: fc.oneof(
    signatures,
    texts(
      ['a{sv}', '(ii)a(ssssssouso)', 'aaay', 'v', deepArrays, deepStructs],
      ['a', '(', ')', '()', '{', '}', 'a{', 's'],
    ),
  ),
  pump: { seeds: ['a{sv}', '((((', 'aaaa', '()'], input: (text) => text },
  outputMax: 30_000,
  parse: (text) => parseSignature(text),
  accepted: (types, text) => {
    assert.equal(types.map(formatType).join(''), text);
    assert(text.length <= 255 && /^[ybnqiuxtdhsogva(){}]*$/.test(text));
    assert(
      !text.includes('()') && !/(?<!a)\{/.test(text) && !/\{[a(v{]/.test(text),
      'it is not a signature of the specification',
    );
    assert(!/a{33}/.test(text) && !/\({33}/.test(text), 'it is nested more deeply than the specification has it');
  },
});

const answers = ['OK 1234deadbeef\r\n', 'REJECTED EXTERNAL\r\n', 'ERROR\r\n', 'OK\n', 'OKAY 1\r\n'];

export const busAnswers = target({
  ...{ name: 'bus-answers', parses: 'Authentication of libs/dbus: whether a bus accepts us' },
  input: fc.record({
    bytes: bytesLike(
      answers.map((text) => Buffer.from(text)),
      ['OK ', '\n', '\r\n'],
    ),
    cuts: cutsOf(60),
  }),
  rejection: { reasons: ['PERMISSION_DENIED', 'RESOURCE_EXHAUSTED', 'INVALID_ARGUMENT'] },
  parse: ({ bytes, cuts }) => {
    const authentication = new Authentication();
    return chunksOf(bytes, cuts).some((chunk) => authentication.isAccepted(chunk));
  },
  accepted: (isAccepted, { bytes }) => {
    const text = bytes.toString('latin1');
    if (isAccepted) assert.match(text, /^OK(?:\s*| [^\n]*)\n/);
    else assert(!text.includes('\n') && text.length <= 16 * 1024, 'it waits without end');
  },
});
