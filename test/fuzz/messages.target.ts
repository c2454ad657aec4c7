// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import type { MethodDefinition } from '@grpc/grpc-js';
import fc from 'fast-check';
import { authorizationRequest } from '@givc/access';
import { services, type ServiceName } from '@givc/rpc';
import { recordedFields, recordedRpcs, unknownRpc } from '../../libs/access/src/audit/recorded-rpcs.js';
import { StreamFrame } from '../../libs/rpc/src/generated/socket/socket.js';
import { oddTexts } from './engine/odd.js';
import { sizeOf } from './engine/requirements.js';
import { target } from './engine/target.js';
import { bytesLike } from './engine/texts.js';

type Rpc = MethodDefinition<unknown, unknown>;

const rpcs = (Object.keys(services) as ServiceName[]).flatMap((name) => Object.values(services[name]) as Rpc[]);

const varint = (value: number): number[] => (value > 127 ? [(value & 127) | 128, ...varint(value >>> 7)] : [value]);
const lengthDelimited = (number: number, bytes: Uint8Array): Buffer =>
  Buffer.from([...varint(number * 8 + 2), ...varint(bytes.length), ...bytes]);

/** Fields of protobuf of every wire type, and nested messages (https://protobuf.dev/programming-guides/encoding/). */
const { fields } = fc.letrec<{ fields: Buffer; field: Buffer }>((tie) => ({
  field: fc.oneof(
    { depthSize: 'small' },
    fc
      .tuple(fc.nat(9), fc.oneof(fc.nat(20), fc.nat()))
      .map(([number, value]) => Buffer.from([...varint(number * 8), ...varint(value)])),
    fc
      .tuple(fc.nat(9), fc.oneof(fc.constantFrom('net-vm', 'web.service', 'a secret', ...oddTexts), fc.string()))
      .map(([number, text]) => lengthDelimited(number, Buffer.from(text))),
    fc.tuple(fc.nat(9), fc.uint8Array({ maxLength: 40 })).map(([number, bytes]) => lengthDelimited(number, bytes)),
    fc.tuple(fc.nat(9), tie('fields')).map(([number, bytes]) => lengthDelimited(number, bytes)),
  ),
  fields: fc.array(tie('field'), { maxLength: 6 }).map((all) => Buffer.concat(all)),
}));

const messageBytes = fc.oneof(
  { weight: 4, arbitrary: fields },
  { weight: 1, arbitrary: bytesLike([Buffer.from('0a066e65742d766d12037765621a0161', 'hex')]) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);

/** The decoder's errors for bytes that are not a message; grpc-js answers INTERNAL. */
const isNoMessage = (error: unknown): boolean =>
  error instanceof Error &&
  !(error instanceof TypeError) &&
  /premature EOF|invalid|recursion|wire type|illegal|varint|tag|ends within|more than 64 bits/i.test(error.message);

export const messages = target({
  ...{
    name: 'messages',
    parses: 'every message of every rpc, what Cedar is asked of it, and what of it is recorded',
    rejection: 'never',
  },
  input: fc.record({
    rpc: fc.constantFrom(...rpcs.map(({ path }) => path)),
    isAnswer: fc.boolean(),
    bytes: messageBytes,
  }),
  outputMax: 64 * 1024,
  parse: ({ rpc: path, isAnswer, bytes }) => {
    const rpc = rpcs.find((one) => one.path === path)!;
    const [decode, encode] = isAnswer
      ? [rpc.responseDeserialize, rpc.responseSerialize]
      : [rpc.requestDeserialize, rpc.requestSerialize];
    try {
      const message = decode(bytes);
      return { message, again: decode(encode(message)) };
    } catch (error) {
      if (isNoMessage(error)) return undefined;
      throw error;
    }
  },
  accepted: (parsed, { rpc, bytes }) => {
    if (!parsed) return;
    assert.deepEqual(parsed.again, parsed.message);
    const { context, command, module } = authorizationRequest('net-vm', rpc, parsed.message);
    assert.equal(
      `/${module === 'grpc' ? rpc.slice(1).split('.').slice(0, 3).join('.') : module}.${context.service}/${command}`,
      rpc,
    );
    const most = 4_096 + 40 * bytes.length;
    assert(sizeOf(context) <= most, `the question has a size of ${sizeOf(context)}`);
    const recorded = recordedFields(recordedRpcs[rpc] ?? unknownRpc, parsed.message);
    for (const text of Object.values(recorded ?? {})) assert(typeof text !== 'string' || text.length <= 256);
    assert(!JSON.stringify(recorded ?? {}).includes('__proto__":{'));
  },
});

const { requestDeserialize, requestSerialize } = services['socketproxy.SocketStream'].transferData;

const frameOf = (decode: (bytes: Buffer) => StreamFrame, bytes: Buffer): StreamFrame | undefined => {
  try {
    const { Chunk, Eof } = decode(bytes);
    return { Chunk: Buffer.from(Chunk), Eof };
  } catch (error) {
    if (isNoMessage(error)) return undefined;
    throw error;
  }
};

const frames = [
  Buffer.from([0x0a, 3, 1, 2, 3]),
  Buffer.from([0x0a, 1, 1, 0x10, 1]),
  Buffer.from([0x0a, 0x80, 1, ...Buffer.alloc(128)]),
];

export const socketFrames = target({
  ...{
    name: 'socket-frames',
    parses: 'the frames of SocketStream in libs/rpc, which have code of their own',
    rejection: 'never',
  },
  input: fc.oneof(bytesLike(frames), messageBytes),
  parse: (bytes) => ({
    decoded: frameOf(requestDeserialize, bytes),
    generated: frameOf((one) => StreamFrame.decode(one), bytes),
  }),
  accepted: ({ decoded, generated }) => {
    assert.deepEqual(decoded, generated);
    if (!decoded) return;
    const { Chunk, Eof } = requestDeserialize(requestSerialize(decoded));
    assert.deepEqual({ Chunk: Buffer.from(Chunk), Eof }, decoded);
  },
});
