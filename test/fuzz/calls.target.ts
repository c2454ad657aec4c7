// SPDX-FileCopyrightText: 2026 The GIVC authors
// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { statusOfTrailers } from '../../libs/rpc/src/wire/call-status.js';
import { Deframer, MessageTooLarge } from '../../libs/rpc/src/wire/deframer.js';
import { frameOf } from '../../libs/rpc/src/wire/message.js';
import { parseTimeout } from '../../libs/rpc/src/wire/timeout-header.js';
import { target } from './engine/target.js';
import { bytesLike, texts } from './engine/texts.js';

interface Headers {
  readonly code: string;
  readonly message: string;
  readonly timeout: string;
  readonly key: string;
  readonly value: string;
}

const words = ['%', '%C3%A9', '%00', ',', '==', '-bin'];

export const callHeaders = target({
  ...{
    name: 'call-headers',
    parses: 'statusOfTrailers and parseTimeout of libs/rpc: the headers and trailers of a call',
    rejection: 'never',
  },
  input: fc.record<Headers>({
    code: texts(['0', '14'], words),
    message: texts(['VM "x" is unknown', '100%25 of %E2%98%BA'], words),
    timeout: texts(['100m', '99999999H', '5S'], words),
    key: texts(['grpc-status-details-bin', 'policy-signature', 'x-bin'], words),
    value: texts(['dW50cnVzdGVk', 'aGVsbG8=,YQ'], words),
  }),
  parse: ({ code, message, timeout, key, value }) => {
    const headers = Object.fromEntries([
      [key, value],
      ...Object.entries({ 'grpc-status': code, 'grpc-message': message }),
    ]);
    const status = statusOfTrailers(headers);
    return {
      code: Number(status?.code),
      details: status?.details,
      metadata: status?.metadata?.getMap(),
      ms: parseTimeout(timeout),
    };
  },
  accepted: ({ code, details, metadata, ms }, { message }) => {
    assert(Number.isInteger(code) && code >= 0 && code < 1_000, `code ${code}`);
    assert(details!.length <= message.length, 'a message is no longer than its header');
    for (const [key, value] of Object.entries(metadata!)) {
      assert(!key.startsWith('grpc-') || key === 'grpc-status-details-bin', key);
      assert.equal(typeof value === 'string', !key.endsWith('-bin'));
      if (typeof value === 'string') assert.match(value, /^[ -~]*$/);
    }
    assert(ms === undefined || (ms >= 0 && ms <= 99_999_999 * 3_600_000), `${ms} ms`);
  },
  pump: {
    seeds: words,
    input: (text) => ({ code: '0', message: text, timeout: text, key: 'x-bin', value: text }),
  },
});

const limit = 1_000;
const seeds = [
  Buffer.concat([frameOf(Buffer.from('ab')), frameOf(Buffer.alloc(300, 7))]),
  frameOf(Buffer.alloc(limit)),
];

export const callBytes = target({
  ...{
    name: 'call-bytes',
    parses: 'Deframer of libs/rpc: the messages in the bytes of a call, which arrive in chunks',
    rejection: 'never',
  },
  input: fc.record({ bytes: bytesLike(seeds, ['\0\0\0\0\0', '\x01']), chunk: fc.integer({ min: 1, max: 2_000 }) }),
  parse: ({ bytes, chunk }) => {
    const deframer = new Deframer(limit);
    const messages: string[] = [];
    try {
      for (let at = 0; at < bytes.length; at += chunk) {
        deframer.write(Buffer.from(bytes.subarray(at, at + chunk)));
        for (let frame = deframer.read(); frame; frame = deframer.read())
          messages.push(`${frame.isCompressed ? 1 : 0}${frame.message.toString('latin1')}`);
      }
    } catch (error) {
      if (!(error instanceof MessageTooLarge)) throw error;
      return { messages, tooLarge: error.bytes };
    }
    return { messages, left: deframer.buffered };
  },
  accepted: ({ messages, tooLarge }, { bytes }) => {
    let at = 0;
    const expected: string[] = [];
    let large: number | undefined;
    while (at + 5 <= bytes.length) {
      const length = bytes.readUInt32BE(at + 1);
      if (length > limit) large = length;
      if (length > limit || at + 5 + length > bytes.length) break;
      expected.push(`${bytes[at] === 0 ? 0 : 1}${bytes.toString('latin1', at + 5, at + 5 + length)}`);
      at += 5 + length;
    }
    assert.deepEqual([messages, tooLarge], [expected, large]);
  },
});
